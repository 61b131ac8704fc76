import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {BadgeField, badgeField} from "@web/views/fields/badge/badge_field";

/**
 * Shows what an order became in Odoo: the number of its sale order, or why there is none,
 * with what mends it. Pointing at it says more.
 */
export class ImportBadgeField extends BadgeField {
    static template = "lengow_connector.ImportBadgeField";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    /** As the status beside it: Odoo's own blue is too pale for white letters. */
    get badgeClass() {
        const {import_state} = this.props.record.data;
        return import_state === "ready"
            ? "bg-info-subtle text-info-emphasis"
            : super.badgeClass;
    }

    get isStopped() {
        return this.props.record.data.import_state === "error";
    }

    get fixLabel() {
        return this.props.record.data.fix_label;
    }

    get saleNumbers() {
        const {import_state, sale_numbers} = this.props.record.data;
        return import_state === "imported" && sale_numbers;
    }

    /** What is to be known of an order whose last change is not here, "" otherwise. */
    get unreadText() {
        const {anonymised_at: isErased, unread_from: isUnread} = this.props.record.data;
        return isUnread && !isErased
            ? _t("What Lengow sent last of this order could not be taken over.")
            : "";
    }

    get text() {
        const {data, fields} = this.props.record;
        if (!this.isStopped || !data.error_code) {
            return this.formattedValue;
        }
        const labels = Object.fromEntries(fields.error_code.selection);
        return labels[data.error_code] || this.formattedValue;
    }

    get reason() {
        const {error_message, fix_hint, state_reason} = this.props.record.data;
        const reasons = error_message ? [error_message, fix_hint] : [state_reason];
        return reasons.filter(Boolean).join("\n") || undefined;
    }

    /** Do what mends the order, or open what does, and show what came of it. */
    async fix() {
        const {model, resId, resModel} = this.props.record;
        const action = await this.orm.call(resModel, "action_fix", [[resId]]);
        if (!action) {
            return model.load();
        }
        return this.action.doAction(action, {onClose: () => model.load()});
    }
}

export const importBadgeField = {
    ...badgeField,
    component: ImportBadgeField,
    displayName: _t("Sale order of a marketplace order"),
    supportedTypes: ["selection"],
    fieldDependencies: [
        {name: "anonymised_at", type: "datetime"},
        {name: "error_code", type: "selection"},
        {name: "error_message", type: "text"},
        {name: "fix_hint", type: "char"},
        {name: "fix_label", type: "char"},
        {name: "sale_numbers", type: "char"},
        {name: "state_reason", type: "char"},
        {name: "unread_from", type: "char"},
    ],
};

registry.category("fields").add("lengow_import_badge", importBadgeField);
