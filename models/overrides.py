"""Whether methods are those that are known here, so that a shorter way says the same.

Odoo answers many questions for each product by itself. Where it is known how, many can
be answered at once; where a module beside us has a say, it is asked as ever.
"""


def are_known(env, known):
    """Whether no addon but some has methods of its own.

    :param Environment env: of the registry that is looked at
    :param dict known: by model the addons, and the names of the methods
    :rtype: bool
    """
    return all(
        _is_of(vars(model)[method], addons)
        for name, (addons, methods) in known.items()
        for model in type(env[name]).__mro__
        for method in methods.intersection(vars(model))
    )


def _is_of(method, addons):
    """Whether a method stands in the models of one of some addons.

    Whoever replaces it in the class of another one is not that one, whatever name and
    module `functools.wraps` gives it.

    :rtype: bool
    """
    if hasattr(method, "__wrapped__"):
        return False
    place = method.__module__.split(".")
    is_model = place[:2] == ["odoo", "addons"] and place[3:4] == ["models"]
    return is_model and place[2] in addons
