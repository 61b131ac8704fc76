import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {BadgeField, badgeField} from "@web/views/fields/badge/badge_field";

/** Shows a Lengow status in its color, which the table of statuses decides. */
export class StatusBadgeField extends BadgeField {
    get badgeClass() {
        const tone = this.props.record.data.status_tone;
        if (!tone || tone === "muted") {
            return "text-bg-300";
        }
        // As the chips: Odoo's own blue and green are too pale for white letters.
        return `bg-${tone}-subtle text-${tone}-emphasis`;
    }
}

export const statusBadgeField = {
    ...badgeField,
    component: StatusBadgeField,
    displayName: _t("Lengow status"),
    supportedTypes: ["selection"],
    fieldDependencies: [{name: "status_tone", type: "char"}],
};

registry.category("fields").add("lengow_status_badge", statusBadgeField);
