import {integerField, IntegerField} from "@web/views/fields/integer/integer_field";
import {registry} from "@web/core/registry";

/** A number that names something: Odoo has 0 where there is none, and says so. */
export class NumberField extends IntegerField {
    get formattedValue() {
        return this.value ? super.formattedValue : "";
    }
}

registry.category("fields").add("lengow_number", {
    ...integerField,
    component: NumberField,
    isEmpty: (record, fieldName) => !record.data[fieldName],
});
