import {
    argumentFault,
    bulkRows,
    isOpen,
    isRequired,
    isToldByLine,
    isUntold,
    isWanted,
} from "../dialogs/faults";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useInputs} from "../dialogs/dialog_form";
import {Component, useState} from "@odoo/owl";

/** What the server is told of a day: its middle, so that no time zone moves it. */
const NOON = "T12:00:00+00:00";
const DECIMAL_COMMA = /^\d+,\d+$/;

/** Where an argument goes: below the one that it depends on, else to the end. */
function placeOf(row, list) {
    const asked = (row.data.condition?.equal || []).map(([name]) => name);
    const above = list.findLastIndex(({data}) => asked.includes(data.name));
    return above < 0 ? list.length : above + 1;
}

/**
 * Asks for the arguments of an action: a labelled input for each, those that depend on
 * others only while they are wanted.
 */
export class ArgumentsField extends Component {
    static template = "lengow_connector.ArgumentsField";
    static props = {...standardFieldProps};

    setup() {
        // Drawing anew, which what is entered elsewhere causes, sets every input: what
        // somebody is just typing must stay.
        this.typed = {};
        this.state = useState({more: {}});
        this.faults = useInputs(this);
    }

    get rows() {
        return this.props.record.data[this.props.name].records;
    }

    /** The rows that are wanted, by marketplace: what is required, asked for, rare. */
    get groups() {
        const groups = new Map();
        for (const row of this.rows.filter((row) => isWanted(row, this.rows))) {
            const {id, display_name: name} = row.data.marketplace_id || {};
            const group = groups.get(id) || {id, name, rows: [], extras: []};
            const isExtra = row.data.is_extra && !this.isRequired(row);
            const list = isExtra ? group.extras : group.rows;
            list.splice(placeOf(row, list), 0, row);
            groups.set(id, group);
        }
        for (const group of groups.values()) {
            group.hasMore = group.extras.length > 0 && group.rows.length > 0;
            if (!group.hasMore || this.state.more[group.id]) {
                group.rows.push(...group.extras);
            }
        }
        return [...groups.values()];
    }

    /** Whether it has to be said which marketplace asks. */
    get hasTitles() {
        const asking = this.rows.map(({data}) => data.marketplace_id.id);
        const asked = bulkRows(this.props.record.data)
            .filter(isOpen)
            .map(({data}) => data.marketplace_id.id);
        return new Set([...asking, ...asked]).size > 1;
    }

    isRequired(row) {
        return isRequired(row, this.rows);
    }

    faultOf(row) {
        const isNeedless = isToldByLine(row, this.props.record.data);
        if (!this.faults.isShown || isNeedless) {
            return "";
        }
        const fault = argumentFault(row, this.rows);
        if (!fault && row === this.rows[0] && isUntold(this.props.record.data)) {
            return _t("Enter at least the carrier or the tracking number.");
        }
        return fault;
    }

    describedBy(row) {
        const ids = [
            this.faultOf(row) && this.idOf(row, "_fault"),
            row.data.hint && this.idOf(row, "_hint"),
        ];
        return ids.filter(Boolean).join(" ") || undefined;
    }

    inputType(row) {
        return row.data.type === "date" ? "date" : "text";
    }

    inputMode(row) {
        return ["price", "quantity"].includes(row.data.type) ? "decimal" : undefined;
    }

    idOf(row, suffix = "") {
        return `lengow_argument_${row.id}${suffix}`;
    }

    /** The label of a listed code, the day of a moment, anything else as it is. */
    shownValue(row) {
        if (row.id in this.typed) {
            return this.typed[row.id];
        }
        const value = row.data.value || "";
        if (row.data.type === "date") {
            return value.slice(0, 10);
        }
        const listed = (row.data.choices || []).find(([code]) => code === value);
        return listed ? listed[1] : value;
    }

    onInput(row, ev) {
        this.typed[row.id] = ev.target.value;
    }

    /** Unlike a cell, it may make others unwanted: what is typed waits for these, too. */
    async commitAll() {
        for (const row of this.rows.filter(({id}) => id in this.typed)) {
            await this.commit(row, this.typed[row.id]);
        }
    }

    async onBlur(row) {
        if (row.id in this.typed) {
            await this.commit(row, this.typed[row.id]);
        }
    }

    async commit(row, text) {
        await row.update({value: this.parse(row, text.trim()) || false});
        if (this.typed[row.id] === text) {
            delete this.typed[row.id];
        }
        const unwanted = this.rows.filter(
            (other) => other.data.value && !isWanted(other, this.rows)
        );
        for (const other of unwanted) {
            await other.update({value: false});
        }
    }

    parse(row, text) {
        if (row.data.type === "date") {
            const isUnchanged = (row.data.value || "").startsWith(text);
            return text && (isUnchanged ? row.data.value : text + NOON);
        }
        if (this.inputMode(row) && DECIMAL_COMMA.test(text)) {
            return text.replace(",", ".");
        }
        const choices = row.data.choices || [];
        const typed = text.toLowerCase();
        // Some differ in nothing but capitals: what is exactly so comes first.
        const listed =
            choices.find(([code, label]) => label === text || code === text) ||
            choices.find(([, label]) => label.toLowerCase() === typed);
        return listed ? listed[0] : text;
    }
}

export const argumentsField = {
    component: ArgumentsField,
    displayName: _t("Arguments of an action"),
    supportedTypes: ["one2many"],
    relatedFields: [
        {name: "name", type: "char"},
        {name: "label", type: "char"},
        {name: "type", type: "char"},
        {name: "hint", type: "char"},
        {name: "is_required", type: "boolean"},
        {name: "is_extra", type: "boolean"},
        {name: "is_closed_list", type: "boolean"},
        {name: "choices", type: "json"},
        {name: "condition", type: "json"},
        {
            name: "marketplace_id",
            type: "many2one",
            relation: "lengow.marketplace",
        },
        {name: "value", type: "char", readonly: false},
    ],
};

registry.category("fields").add("lengow_arguments", argumentsField);
