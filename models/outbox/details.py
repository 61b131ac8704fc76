"""What a marketplace is told with an action, in words instead of Lengow's names."""

from .arguments import argument_label

# The numbers of our sale orders, as Lengow calls them; the kind says whose they are.
OUR_NUMBERS = "merchant_order_id"
LINE = "line"


def details(action):
    """Return what is told, in one line.

    :param lengow.action action: one
    :rtype: str
    """
    parameters = action.parameters or {}
    if action.kind == "invoice" and action.move_id:
        return action.sudo().move_id.name or ""
    return ", ".join(
        _in_words(action, name, value)
        for name, value in sorted(parameters.items(), key=lambda item: item[0] != LINE)
    )


def _in_words(action, name, value):
    shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    if name == OUR_NUMBERS:
        return shown
    if name == LINE:
        return _line(action, shown)
    return f"{argument_label(action.env, name)}: {shown}"


def line_name(action):
    """Return what the line of an action is; None where it has no line.

    :param lengow.action action: one
    :rtype: str | None
    """
    ref = (action.parameters or {}).get(LINE)
    return _line(action, str(ref)) if ref else None


def _line(action, ref):
    """Return what a line of the order is, instead of its number; that if it is gone."""
    line = action.order_id.line_ids.filtered(lambda row: row.lengow_line_ref == ref)[:1]
    return (line.sku or line.title) if line else ref


def as_lines(values):
    """Return names and values, a line for each.

    :param dict values: or None
    :rtype: str
    """
    return "\n".join(f"{name}: {value}" for name, value in (values or {}).items())
