"""The arguments of actions: of each line, and what is wrong with them, in sentences."""

from odoo.exceptions import UserError

from ...lengow_api import ArgumentFault, is_blank

QUANTITY_NAMES = ("quantity", "shipped_quantity", "cancel_quantity", "refund_quantity")
# More than that many values are looked up in the wizard, not read in a message.
SHOWN_CHOICES = 12


def argument_faults(order, rule, parameters):
    """Hold arguments against a marketplace's definition, and against the order's lines.

    :param lengow.order order: that the action is about
    :param lengow_api.ActionRule rule: of the action
    :param dict parameters: argument name to value
    :rtype: list[ArgumentFault]
    """
    return [*rule.check(parameters), *_line_faults(order, rule, parameters)]


def check_arguments(order, rule, parameters):
    """Hold the arguments of one action against the marketplace's definition.

    :param lengow.order order: that the action is about
    :param lengow_api.ActionRule rule: of the action
    :param dict parameters: argument name to value
    :raise UserError: naming every argument that is missing, unknown or unfit
    """
    faults = argument_faults(order, rule, parameters)
    if faults:
        raise UserError(faults_sentence(order, rule, faults))


def _line_faults(order, rule, parameters):
    """Return what is wrong with a line's number or a quantity of it."""
    ref = parameters.get("line")
    if is_blank(ref) or "line" not in rule.arguments:
        return []
    line = order.line_ids.filtered(lambda line: line.lengow_line_ref == str(ref))
    if not line:
        return [ArgumentFault("line", "no_line", ref)]
    counted = {
        name: float(value)
        for name, value in parameters.items()
        if name in rule.arguments
        and rule.arguments[name].type == "quantity"
        and rule.arguments[name].fault_of(value) is None
    }
    is_pack = (line[0].factor or 1.0) != 1.0
    return [
        ArgumentFault(
            name, "too_many" if pieces > line[0].whole_quantity else "part", pieces
        )
        for name, pieces in counted.items()
        if pieces > line[0].whole_quantity or (is_pack and not pieces.is_integer())
    ]


def faults_sentence(order, rule, faults):
    """Say what is wrong with arguments, each by its name.

    :param lengow.order order: that the action is about
    :param lengow_api.ActionRule rule: of the action
    :param faults: of :func:`argument_faults`
    :rtype: str
    """
    env = order.env
    return env._(
        "%(marketplace)s does not accept this “%(action)s” for %(order)s. %(faults)s",
        marketplace=order.marketplace_id.name,
        action=order._action_label(rule.name),
        order=order.name,
        faults=" ".join(_fault_sentence(env, rule, fault) for fault in faults),
    )


def _fault_sentence(env, rule, fault):
    argument = rule.arguments.get(fault.argument)
    name = argument_label(env, fault.argument)
    if fault.reason == "not_listed" and len(argument.choices) <= SHOWN_CHOICES:
        return env._(
            "“%(name)s” must be one of: %(choices)s.",
            name=name,
            choices=", ".join(argument.choices),
        )
    sentences = {
        "missing": env._("“%s” is missing.", name),
        "unknown": env._("“%s” is not known to this marketplace.", name),
        "not_listed": env._("“%s” is not one of the values on its list.", name),
        "ill_typed": env._(
            "“%(name)s” must be a %(type)s.",
            name=name,
            type=argument and type_labels(env).get(argument.type, argument.type),
        ),
        "not_applicable": env._("“%s” does not go with the other values.", name),
        "no_line": env._("“%s” is not a line of this order.", name),
        "too_many": env._("“%s” is more than was ordered.", name),
        "part": env._("“%s” is a part of a pack: enter whole packs.", name),
    }
    return sentences.get(fault.reason, name)


def argument_label(env, name):
    """Return what a person calls an argument: in words of ours, where we know it.

    :param str name: as the marketplace calls it
    :rtype: str
    """
    labels = {
        "carrier": env._("Carrier"),
        "carrier_name": env._("Carrier Name"),
        "carrier_pickup": env._("Pickup by Carrier"),
        "currency_code": env._("Currency"),
        "custom_carrier": env._("Other Carrier"),
        "declared_value": env._("Declared Value"),
        "delivery_date": env._("Delivery Date"),
        "delivery_experience": env._("Proof of Delivery"),
        "expedition_country_code": env._("Shipped From"),
        "from_address_city": env._("Sender's City"),
        "from_address_country_code": env._("Sender's Country"),
        "from_address_line": env._("Sender's Street"),
        "from_address_mail": env._("Sender's Email"),
        "from_address_name": env._("Sender"),
        "from_address_phone": env._("Sender's Phone"),
        "from_address_postal_code": env._("Sender's ZIP"),
        "from_address_state_province": env._("Sender's State"),
        "invoice_number": env._("Invoice Number"),
        "line": env._("Order Line"),
        "package_dimension_height": env._("Package Height"),
        "package_dimension_length": env._("Package Length"),
        "package_dimension_unit": env._("Unit of Length"),
        "package_dimension_width": env._("Package Width"),
        "reason": env._("Reason"),
        "reason_code": env._("Reason"),
        "refund_price": env._("Refunded Amount"),
        "refund_reason": env._("Reason"),
        "refund_shipping_fees": env._("Refunded Shipping"),
        "refund_shipping_price": env._("Refunded Shipping"),
        "refund_shipping_taxes": env._("Taxes on Refunded Shipping"),
        "refund_taxes": env._("Refunded Taxes"),
        "return_carrier": env._("Return Carrier"),
        "return_tracking_number": env._("Return Tracking Number"),
        "shipping_date": env._("Shipping Date"),
        "shipping_method": env._("Shipping Method"),
        "shipping_service_id": env._("Shipping Service"),
        "tracking_number": env._("Tracking Number"),
        "tracking_url": env._("Tracking URL"),
        "weight": env._("Weight"),
        "weight_unit": env._("Unit of Weight"),
        **dict.fromkeys(QUANTITY_NAMES, env._("Quantity")),
    }
    return labels.get(name) or name.replace("_", " ").strip().capitalize()


def type_labels(env):
    """Return the types of arguments in words.

    :rtype: dict[str, str]
    """
    return {
        "quantity": env._("quantity above zero"),
        "price": env._("price of zero or more"),
        "date": env._("date"),
    }


def defaults_of(rule):
    """Return what a marketplace itself proposes where an action demands something.

    :param lengow_api.ActionRule rule: of the action
    :rtype: dict[str, str]
    """
    return {
        argument.name: argument.default
        for argument in rule.arguments.values()
        if argument.required and argument.default
    }


def reason_of(rule):
    """Return the argument that says why something is done, None without one.

    :param lengow_api.ActionRule rule: of the action
    :rtype: lengow_api.Argument | None
    """
    arguments = rule.arguments.values()
    return next((one for one in arguments if "reason" in one.name.split("_")), None)


def split_by_line(rule, parameters, lines):
    """Return the parameters of each action that is to be sent.

    :param lengow_api.ActionRule rule: of the action
    :param dict parameters: argument name to value
    :param lines: `lengow.order.line` records, or a dict of them to further parameters
    :rtype: list[dict]
    """
    if not rule.is_per_line or "line" in parameters:
        return [parameters]
    further = lines if isinstance(lines, dict) else {line: {} for line in lines}
    if not further:
        return [parameters]
    return [
        without_blanks({**parameters, **more, "line": line.lengow_line_ref})
        for line, more in further.items()
    ]


def without_blanks(parameters):
    """Return the parameters that are set.

    :param dict parameters: argument name to value, or None
    :rtype: dict
    """
    return {
        name: value for name, value in (parameters or {}).items() if not is_blank(value)
    }
