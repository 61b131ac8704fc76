import {
    SelectionField,
    selectionField,
} from "@web/views/fields/selection/selection_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * A list of values as the browser draws it: typing finds a value, and leaving keeps it.
 * Odoo's own list goes on showing what was typed, and keeps what was there before.
 */
export class SelectField extends SelectionField {
    static template = "lengow_connector.SelectField";

    onSelect(ev) {
        this.onChange(JSON.parse(ev.target.value));
    }
}

export const selectField = {
    ...selectionField,
    component: SelectField,
    displayName: _t("List of the browser"),
    supportedTypes: ["selection"],
};

registry.category("fields").add("lengow_select", selectField);
