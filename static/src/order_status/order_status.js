import {
    StatusBadgeField,
    statusBadgeField,
} from "@lengow_connector/status_badge/status_badge";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * Shows what the marketplace was asked for while an order does not show it yet, else its
 * status; pointing at the first tells the second.
 */
export class OrderStatusField extends StatusBadgeField {
    static template = "lengow_connector.OrderStatusField";
}

export const orderStatusField = {
    ...statusBadgeField,
    component: OrderStatusField,
    displayName: _t("Lengow status, or what is under way"),
    fieldDependencies: [
        ...statusBadgeField.fieldDependencies,
        {name: "pending_label", type: "char"},
    ],
};

registry.category("fields").add("lengow_order_status", orderStatusField);
