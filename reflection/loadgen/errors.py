class AlreadyLoaded(Exception):
    """The synthetic deals of this seed stand already."""
