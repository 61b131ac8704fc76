"""Reading a product by the path of a field: which paths there are, and their texts."""

from typing import NamedTuple

from ...catalogue.texts import plain, to_text

# Longer ones are no property of a product.
LONGEST_PATH = 6
# What no text can be made of.
UNREADABLE = frozenset({"binary", "properties", "properties_definition", "json"})
# Of whom nothing is a property of a product.
PERSONAL = frozenset({"res.users"})
# Whoever may read the product may read these.
HARMLESS_GROUPS = frozenset({"base.group_user"})


class Step(NamedTuple):
    """A part of a path: a field, and the model that has it."""

    model: str
    field: object


def steps_of(env, path, model="product.product"):
    """Return the fields of a path.

    :param env: that knows the models
    :param str path: such as `categ_id.name`
    :param str model: where it begins
    :rtype: list[Step]
    :raise KeyError: with the part of it that is no field
    """
    steps = []
    for name in (path or "").split("."):
        if not model or name not in env[model]._fields:
            raise KeyError(name)
        field = env[model]._fields[name]
        steps.append(Step(model, field))
        model = field.comodel_name
    return steps


def is_secret(step):
    """Whether not everybody may read a field, or it tells of people.

    :param Step step: of a path
    :rtype: bool
    """
    groups = (step.field.groups or "").replace(" ", "").split(",")
    return step.model in PERSONAL or bool(set(groups) - HARMLESS_GROUPS - {""})


class PathReader:
    """Reads records at the end of a path.

    What belongs to another company than the one that is read for is left out: what is
    shared may lead there, and nobody's rights are asked on the way.

    :ivar tuple way: the fields from one record to the next
    :ivar field: the last one
    """

    def __init__(self, env, path, model="product.product"):
        """Take a path that was checked.

        :param env: in the language of the texts
        :param str path: such as `categ_id.name`
        :param str model: where it begins
        """
        *way, last = steps_of(env, path, model)
        self.way = tuple(step.field.name for step in way)
        self.field = last.field
        self._labels = None
        if self.field.type == "selection":
            self._labels = dict(self.field._description_selection(env))
        self._companies = env.company.sudo().parent_ids
        digits = self.field.type == "float" and self.field.get_digits(env)
        self._digits = digits[1] if digits else None

    def __call__(self, record):
        """Return the text of a record, several joined by commas.

        :rtype: str
        """
        for name in self.way:
            record = self._ours(record[name])
        if len(record) == 1:
            return self._text(record)
        return to_text([self._text(one) for one in record])

    def _text(self, record):
        field = self.field
        value = record[field.name]
        if field.type == "boolean":
            return to_text(value, is_boolean=True)
        if field.relational:
            return to_text(self._ours(value).mapped("display_name"))
        if field.type == "html":
            return plain(value)
        if self._labels is not None:
            return to_text(self._labels.get(value, value))
        return to_text(value, digits=self._digits)

    def _ours(self, records):
        if "company_id" not in records._fields:
            return records
        return records.filtered(
            lambda one: not one.company_id or one.company_id in self._companies
        )
