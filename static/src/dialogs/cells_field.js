import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {Component} from "@odoo/owl";
import {useInputs} from "./dialog_form";

/** Records below each other, with an input for each of some of their fields. */
export class CellsField extends Component {
    static props = {...standardFieldProps};

    setup() {
        this.faults = useInputs(this);
        // What somebody is just typing stays, whatever causes a drawing.
        this.typed = {};
    }

    get records() {
        return this.props.record.data[this.props.name].records;
    }

    /** What is just being typed into a cell, if anything. */
    typedText(record, field) {
        return this.typed[`${record.id} ${field}`]?.text;
    }

    onInput(record, field, ev) {
        this.type(record, field, ev.target.value);
    }

    type(record, field, text) {
        this.typed[`${record.id} ${field}`] = {record, field, text};
    }

    async commitAll() {
        for (const {record, field} of Object.values(this.typed)) {
            await this.commit(record, field);
        }
    }

    async commit(record, field) {
        const text = this.typedText(record, field);
        if (text !== undefined) {
            this.forget(record, field);
            await this.change(record, field, text);
        }
    }

    forget(record, field) {
        delete this.typed[`${record.id} ${field}`];
    }

    /** Keep what was entered into a cell: each field says how. */
    change(record, field, text) {
        return record.update({[field]: text});
    }
}
