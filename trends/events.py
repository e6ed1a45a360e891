"""What this app tells the others, through the outbox."""

# payload: {"signal_id": int}: something changed beyond chance and was told for the first time.
SIGNAL_RAISED = "signal.raised"
