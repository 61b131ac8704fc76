import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {BadgeField, badgeField} from "@web/views/fields/badge/badge_field";

/** Shows what became of an order as a badge; pointing at it says why. */
export class ImportBadgeField extends BadgeField {
    static template = "lengow_connector.ImportBadgeField";

    get reason() {
        const {error_message, state_reason} = this.props.record.data;
        return error_message || state_reason || undefined;
    }
}

export const importBadgeField = {
    ...badgeField,
    component: ImportBadgeField,
    displayName: _t("Import of a marketplace order"),
    supportedTypes: ["selection"],
    fieldDependencies: [
        {name: "error_message", type: "text"},
        {name: "state_reason", type: "char"},
    ],
};

registry.category("fields").add("lengow_import_badge", importBadgeField);
