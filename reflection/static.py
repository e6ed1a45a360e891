"""How static files are stored: under names with a hash of their content, kept for ever by browsers."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Rewrites what JavaScript modules import too, since only the hashed names are kept."""

    support_js_module_import_aggregation = True
