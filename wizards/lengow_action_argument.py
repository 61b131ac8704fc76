from collections import Counter

from odoo import api, fields, models

from ..lengow_api import is_blank
from ..models.outbox.arguments import argument_label, type_labels

# Shown at once, wherever the marketplace takes them.
USUAL_NAMES = ("carrier", "tracking_number", "tracking_url")


class LengowActionArgument(models.TransientModel):
    """One argument of an action, in a form that is built from a definition."""

    _name = "lengow.action.argument"
    _description = "Argument of a Lengow Action"
    _inherit = ["lengow.dialog"]
    _order = "marketplace_id, is_required desc, id"

    form_model = fields.Char(required=True)
    form_id = fields.Many2oneReference(model_field="form_model", index=True)
    marketplace_id = fields.Many2one("lengow.marketplace", ondelete="cascade")
    name = fields.Char(
        required=True, readonly=True, help="As the marketplace calls it."
    )
    label = fields.Char(string="Information", compute="_compute_label")
    type = fields.Char(readonly=True)
    is_required = fields.Boolean(string="Required", readonly=True)
    is_closed_list = fields.Boolean(readonly=True)
    choices = fields.Json(
        readonly=True, help="What the marketplace lists: pairs of a code and its label."
    )
    value = fields.Char()
    is_extra = fields.Boolean(
        readonly=True, help="Rarely filled in: shown when somebody asks for more."
    )
    hint = fields.Char(compute="_compute_hint")
    condition = fields.Json(
        readonly=True, help="On which other values it depends whether it is wanted."
    )
    condition_text = fields.Char(
        readonly=True,
        help="When the marketplace requires it, as other_argument = value.",
    )

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_label(self):
        for argument in self:
            argument.label = argument_label(self.env, argument.name or "")

    @api.depends("type", "condition", "condition_text")
    def _compute_hint(self):
        types = type_labels(self.env)
        for argument in self:
            # What is evaluated while somebody types need not be explained.
            is_told = argument.condition_text and not argument.condition
            condition = is_told and self.env._("only if %s", argument.condition_text)
            kind = argument.type != "date" and types.get(argument.type)
            argument.hint = ", ".join(filter(None, [kind, condition]))

    @api.model
    def _prepare_values(self, form, marketplace, rule, argument, value=None):
        """Return the values of the row that asks for an argument.

        :param form: the wizard
        :param lengow.marketplace marketplace: whose argument it is
        :param lengow_api.ActionRule rule: of the action
        :param lengow_api.Argument argument: as the definition declares it
        :param value: what is known already; by default the marketplace's own default
            where it demands the argument, but for a reason
        :rtype: dict
        """
        # Why something is refused, canceled or given back is for a person to say.
        is_reason = "reason" in argument.name.split("_")
        if is_blank(value) and argument.required and not is_reason:
            value = argument.default
        is_asked = argument.required or argument.depends_on or is_reason
        return {
            "form_model": form._name,
            "form_id": form.id,
            "marketplace_id": marketplace.id,
            "is_extra": is_blank(value)
            and not is_asked
            and argument.name not in USUAL_NAMES,
            "name": argument.name,
            "type": argument.type,
            "is_required": argument.required,
            "is_closed_list": argument.is_closed_list,
            "condition": argument.condition,
            "condition_text": argument.condition_text,
            "choices": self._listed(rule, argument),
            "value": False if is_blank(value) else str(value),
        }

    @api.model
    def _listed(self, rule, argument):
        """Return pairs of a code and its label; also of what others depend on.

        Of Amazon's carriers some have the same label, and the “Other” that its carrier
        name depends on is not among them.
        """
        uses = Counter(label.lower() for label in argument.choices.values())
        listed = [
            [code, label if uses[label.lower()] == 1 else f"{label} ({code})"]
            for code, label in argument.choices.items()
        ]
        if not listed or argument.is_closed_list:
            return listed
        further = rule.values_named_for(argument.name)
        return listed + [[v, v] for v in further if v not in argument.choices]
