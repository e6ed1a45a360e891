"""Reading deals from files of CRMs."""
