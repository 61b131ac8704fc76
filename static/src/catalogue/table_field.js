import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const ADDRESS = /^https?:\/\/\S+$/;
const NOTHING = {headers: [], rows: []};
// So few columns find room on a phone, too.
const FEW = 3;

/** Rows of texts under their heads, as a field holds them: `{headers, rows}`. */
export class TableField extends Component {
    static template = "lengow_connector.TableField";
    static props = {...standardFieldProps, label: {type: String, optional: true}};

    get table() {
        return this.props.record.data[this.props.name] || NOTHING;
    }

    get hasFewColumns() {
        return this.table.headers.length <= FEW;
    }

    isAddress(text) {
        return ADDRESS.test(text);
    }
}

registry.category("fields").add("lengow_table", {
    component: TableField,
    displayName: _t("Table of texts"),
    supportedTypes: ["json"],
    extractProps: ({string}) => ({label: string}),
});
