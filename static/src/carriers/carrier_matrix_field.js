import {Component, toRaw} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {Many2One} from "@web/views/fields/many2one/many2one";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** A row for each delivery method, a column for each marketplace. */
export class CarrierMatrixField extends Component {
    static template = "lengow_connector.CarrierMatrixField";
    static components = {Many2One};
    static props = {...standardFieldProps};

    get cells() {
        return this.props.record.data[this.props.name].records;
    }

    get methods() {
        return distinct(this.cells.map(({data}) => data.method_id));
    }

    get marketplaces() {
        const all = distinct(this.cells.map(({data}) => data.marketplace_id));
        return all.sort((a, b) => a.display_name.localeCompare(b.display_name));
    }

    /** A method of one company is not sold by at a marketplace of another. */
    cellOf(method, marketplace) {
        return this.cells.find(
            ({data}) =>
                data.method_id.id === method.id &&
                data.marketplace_id.id === marketplace.id
        );
    }

    idOf(cell) {
        return `lengow_carrier_${cell.id}`;
    }

    labelOf(method, marketplace) {
        return _t("%(method)s at %(marketplace)s", {
            method: method.display_name,
            marketplace: marketplace.display_name,
        });
    }

    many2oneProps(cell) {
        return {
            canCreate: false,
            canCreateEdit: false,
            canOpen: false,
            canQuickCreate: false,
            domain: () => [["marketplace_id", "=", cell.data.marketplace_id.id]],
            id: this.idOf(cell),
            placeholder: _t("Not linked"),
            readonly: this.props.readonly,
            relation: "lengow.carrier",
            string: _t("Carrier There"),
            update: (value) => this.choose(cell, value),
            value: toRaw(cell.data.lengow_carrier_id),
        };
    }

    similarTo({data}) {
        return !data.lengow_carrier_id && data.similar_carrier_id;
    }

    choose(cell, carrier) {
        return cell.update({lengow_carrier_id: carrier});
    }
}

function distinct(records) {
    return [...new Map(records.map((record) => [record.id, record])).values()];
}

registry.category("fields").add("lengow_carrier_matrix", {
    component: CarrierMatrixField,
    displayName: _t("Carriers by delivery method and marketplace"),
    supportedTypes: ["one2many"],
});
