"""How the tests of the suite read: all pages of the one account, as the caller would."""

from .dialects import START


def pages_of(adapter, **options):
    return list(adapter.pages("C1", "A1", date_from=START, **options))


def read(adapter, **options):
    """Return the entries of a stretch; a page that starts over voids those before it."""
    kept = []
    for page in pages_of(adapter, **options):
        kept = [page] if page.starts_over else [*kept, page]
    return [
        entry
        for page in kept
        for entry in adapter.read_page(page.content, media_type=page.media_type, resource_id="A1")
    ]


def amounts(adapter, **options):
    return [entry.amount for entry in read(adapter, **options)]
