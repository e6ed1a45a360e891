class DemoRefused(Exception):
    """The demo can't be loaded into this database."""
