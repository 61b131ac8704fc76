import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {Component} from "@odoo/owl";

// What makes an order special, in the order in which it is worth knowing.
const TYPES = [
    {field: "is_express", icon: "fa-bolt", tone: "text-warning", label: _t("Express")},
    {field: "is_prime", icon: "fa-star", tone: "text-warning", label: _t("Prime")},
    {
        field: "is_business",
        icon: "fa-briefcase",
        tone: "text-primary",
        label: _t("Business"),
    },
    {
        field: "is_fulfilled_by_marketplace",
        icon: "fa-archive",
        tone: "text-success",
        label: _t("Fulfilled by the marketplace"),
    },
];

/** Shows the types of a marketplace order as icons, each with its name as tooltip. */
export class TypeIconsField extends Component {
    static template = "lengow_connector.TypeIconsField";
    static props = {...standardFieldProps};

    get types() {
        return TYPES.filter(({field}) => this.props.record.data[field]);
    }
}

export const typeIconsField = {
    component: TypeIconsField,
    displayName: _t("Marketplace order types"),
    supportedTypes: ["boolean"],
    fieldDependencies: TYPES.map(({field}) => ({name: field, type: "boolean"})),
};

registry.category("fields").add("lengow_type_icons", typeIconsField);
