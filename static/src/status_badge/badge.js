import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {BadgeField, badgeField} from "@web/views/fields/badge/badge_field";

const PALE = /\btext-bg-(success|info)\b/;

/** Odoo's badge, but as the chips: its blue and green are too pale for white letters. */
export class LegibleBadgeField extends BadgeField {
    get badgeClass() {
        return super.badgeClass.replace(PALE, "bg-$1-subtle text-$1-emphasis");
    }
}

registry.category("fields").add("lengow_badge", {
    ...badgeField,
    component: LegibleBadgeField,
    displayName: _t("Legible badge"),
});
