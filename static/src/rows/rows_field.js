import {
    cellFault,
    isBlank,
    isCellNeeded,
    isCellWanted,
    isOpen,
} from "../dialogs/faults";
import {_t} from "@web/core/l10n/translation";
import {CellsField} from "../dialogs/cells_field";
import {readPasted} from "./pasting";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {useState} from "@odoo/owl";

/** Many orders, each with what is entered for it alone; a column can be pasted. */
export class RowsField extends CellsField {
    static template = "lengow_connector.RowsField";

    setup() {
        super.setup();
        this.state = useState({hasMore: false});
        this.notification = useService("notification");
    }

    get rows() {
        return this.records;
    }

    get parent() {
        return this.props.record.data;
    }

    get isEditable() {
        return !this.props.readonly;
    }

    /** The columns that any of the orders has. */
    get allColumns() {
        const columns = new Map();
        for (const row of this.rows) {
            for (const cell of row.data.cells || []) {
                columns.set(cell.field, cell.label);
            }
        }
        return [...columns].map(([field, label]) => ({field, label}));
    }

    /** The first column, those that are needed, and the others once asked for. */
    get columns() {
        return this.allColumns.filter(
            ({field}, index) =>
                index === 0 ||
                this.state.hasMore ||
                this.rows.some(
                    (row) =>
                        !isBlank(row.data[field]) ||
                        (isOpen(row) &&
                            isCellNeeded(this.cellOf(row, field), row, this.parent))
                )
        );
    }

    /** Whether somebody has begun: only then is what is not there a gap. */
    get isBegun() {
        return (
            this.faults.isShown ||
            this.rows.some((row) =>
                this.allColumns.some(({field}) => !isBlank(row.data[field]))
            )
        );
    }

    get asAbove() {
        return _t("As above");
    }

    isMany() {
        return new Set(this.rows.map((row) => row.data.marketplace_id.id)).size > 1;
    }

    isOpen(row) {
        return isOpen(row);
    }

    nameOf(row) {
        return row.data.name;
    }

    subtitleOf({data}) {
        const marketplace = this.isMany() && data.marketplace_id.display_name;
        return [data.summary, marketplace].filter(Boolean).join(" · ");
    }

    cellOf(row, field) {
        const cell = (row.data.cells || []).find((one) => one.field === field);
        return cell && isCellWanted(cell, row, this.parent) ? cell : undefined;
    }

    idOf(row, field) {
        return `lengow_row_${row.id}_${field}`;
    }

    labelOf(row, cell) {
        return `${cell.label}, ${this.nameOf(row)}`;
    }

    shown(row, field) {
        return this.typedText(row, field) ?? (row.data[field] || "");
    }

    faultOf(row, cell) {
        const isAsked = isOpen(row) && this.isBegun;
        return isAsked ? cellFault(cell, row, this.parent) : "";
    }

    /** What the server has found, unless the row shows it at the field. */
    reasonOf(row) {
        const {reason, state, cells} = row.data;
        const isShown =
            state === "to_complete" &&
            (cells || []).some((cell) => this.faultOf(row, cell));
        return isShown ? "" : reason;
    }

    change(row, field, text) {
        return row.update({[field]: text.trim() || false});
    }

    /** Scanners end with Enter: go on to the next order. */
    onKeydown(row, field, ev) {
        if (ev.key !== "Enter") {
            return;
        }
        ev.preventDefault();
        const below = this.rows.slice(this.rows.indexOf(row) + 1);
        const next = below.find((one) => isOpen(one) && this.cellOf(one, field));
        if (next) {
            document.getElementById(this.idOf(next, field))?.focus();
        } else {
            ev.target.blur();
        }
    }

    async onPaste(row, field, ev) {
        const text = ev.clipboardData?.getData("text") || "";
        if (!/[\t\n]/.test(text.trim())) {
            return;
        }
        ev.preventDefault();
        const rows = this.rows.filter((one) => isOpen(one) && this.cellOf(one, field));
        const {values, unknown} = readPasted(
            text,
            rows.map((one) => this.nameOf(one)),
            rows.indexOf(row)
        );
        const fields = this.allColumns.map((column) => column.field);
        const columns = fields.slice(fields.indexOf(field));
        const left = [...unknown];
        for (const [index, cells] of values) {
            if (!rows[index]) {
                left.push(cells.join(" "));
                continue;
            }
            for (const [at, cell] of cells.slice(0, columns.length).entries()) {
                this.forget(rows[index], columns[at]);
                if (cell && this.cellOf(rows[index], columns[at])) {
                    this.type(rows[index], columns[at], cell);
                }
            }
        }
        this.sayLeft(left.filter(Boolean));
        // As if typed: who sends before all of them are kept sends all of them.
        await this.commitAll();
    }

    sayLeft(left) {
        if (left.length > 0) {
            const shown = left.slice(0, 5).join(", ") + (left.length > 5 ? ", …" : "");
            this.notification.add(
                _t("Not used, for there is no such order here: %s", shown),
                {
                    type: "warning",
                }
            );
        }
    }
}

registry.category("fields").add("lengow_rows", {
    component: RowsField,
    displayName: _t("Orders to act on"),
    supportedTypes: ["one2many"],
});
