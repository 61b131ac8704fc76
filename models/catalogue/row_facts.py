"""What is checked of a row: read from what it says, as far as it has columns for it."""

from ...catalogue.checks import (
    Duplicates,
    RowFacts,
    find_issues,
    has_error,
    has_warning,
)

# Found while prices are read, and kept as long as they are not read again.
PRICE_PROBLEMS = frozenset(
    {"no_price", "price_failed", "no_rate", "no_tax", "foreign_tax"}
)
NAMES = ("name", "child_name")
DESCRIPTIONS = (
    "description",
    "description_html",
    "description_short",
    "description_short_html",
)
IMAGES = tuple(f"image_{number}" for number in range(1, 11))


def judge(row, layout, problems, eans, has_shop, side=None):
    """Give a row the issues that it has by now.

    :param Row row: filled
    :param Layout layout: of its catalog
    :param problems: codes of what was found while it was read
    :param eans: that more than one product has
    :param bool has_shop: whether products have pages
    :param int side: of its smallest picture, in pixels; None where nobody has looked
    """
    wanted = () if row.identifier else (row.wanted,)
    shared = Duplicates(identifiers=wanted, eans=eans)
    codes = find_issues(_facts(row, layout, problems, has_shop, side), shared)
    row.issues = list(codes)
    row.has_error, row.has_warning = has_error(codes), has_warning(codes)


def images_of(values, layout):
    """Return the addresses of the pictures of a row, empty ones too.

    :param dict values: what it says, by header
    :param Layout layout: of its catalog
    :rtype: list[str]
    """
    return [values.get(header, "") for header in layout.standards(IMAGES)]


def _facts(row, layout, problems, has_shop, side):
    def text(*names):
        """Return what the row says in the first column of a kind that says anything.

        :return: None without such a column
        """
        headers = layout.standards(names)
        found = map(row.values.get, headers)
        return next(filter(None, found), "") if headers else None

    weight, page = text("weight"), text("url")
    name = text(*NAMES)
    images = images_of(row.values, layout)
    return RowFacts(
        identifier=row.identifier or row.wanted or "",
        # A catalog may call it by a field of its own.
        name=row.identifier or "-" if name is None else name,
        kind=row.kind,
        price=row.price if layout.price else None,
        regular_price=row.regular_price if layout.price else None,
        ean=text("ean"),
        pictures=sum(map(bool, images)) if images else None,
        picture_side=side,
        description=text(*DESCRIPTIONS),
        category=text("category"),
        brand=text("brand"),
        weight=None if weight is None else float(weight or 0),
        is_page_public=bool(page) if has_shop and page is not None else None,
        problems=problems,
    )
