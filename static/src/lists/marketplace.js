import {registry} from "@web/core/registry";
import {
    buildM2OFieldDescription,
    Many2OneField,
} from "@web/views/fields/many2one/many2one_field";

/**
 * A marketplace in a list of orders. Where there is room, it is shown on one line with
 * the account that tells it from another one of its name; a width of the view would be
 * the most that it gets, too.
 */
export const marketplaceField = {
    ...buildM2OFieldDescription(Many2OneField),
    listViewWidth: [129],
};

registry.category("fields").add("lengow_marketplace", marketplaceField);
