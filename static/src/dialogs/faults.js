import {_t} from "@web/core/l10n/translation";

/**
 * What is wrong with what was entered into a dialog, as the server would say it. The
 * server checks it again: this only saves people from finding out late.
 */

const PRICE = /^\d+([.]\d+)?$/;
const OPEN_STATES = ["possible", "to_complete"];

export const isBlank = (text) => !String(text || "").trim();
export const isOpen = (row) => OPEN_STATES.includes(row.data.state);

const records = (list) => list?.records || [];

/**
 * Whether a condition on other arguments of the same marketplace holds; undefined where
 * nobody knows.
 */
function holds(condition, marketplace, all) {
    if (!condition) {
        return undefined;
    }
    const isEqual = ([name, value]) =>
        all.some(
            ({data}) =>
                data.marketplace_id.id === marketplace.id &&
                data.name === name &&
                (data.value || "").trim() === value
        );
    return condition.is_any
        ? condition.equal.some(isEqual)
        : condition.equal.every(isEqual);
}

const outcome = ({data}, all) => holds(data.condition, data.marketplace_id, all);
export const isWanted = (argument, all) => outcome(argument, all) !== false;
export const isRequired = (argument, all) =>
    outcome(argument, all) ?? argument.data.is_required;

function missing(label, marketplace) {
    return _t("%(label)s is required by %(marketplace)s.", {
        label,
        marketplace: marketplace.display_name,
    });
}

function valueFault({type, choices, is_closed_list: isClosed, value}) {
    if (isClosed && !choices.some(([code]) => code === value)) {
        return _t("Choose a value from the list.");
    }
    if (type === "price" && !PRICE.test(value)) {
        return _t("Enter an amount, such as 12.50.");
    }
    if (type === "quantity" && !(PRICE.test(value) && Number(value) > 0)) {
        return _t("Enter a quantity above zero.");
    }
    return "";
}

/** What is wrong with an argument; "" for nothing. */
export function argumentFault(argument, all) {
    const {data} = argument;
    if (!isWanted(argument, all)) {
        return "";
    }
    if (isBlank(data.value)) {
        return isRequired(argument, all)
            ? missing(data.label, data.marketplace_id)
            : "";
    }
    return valueFault({...data, value: data.value.trim()});
}

/** What is wrong with how much of a line is entered, by the field. */
export function lineFaults({data}, parent) {
    const faults = {};
    if (!data.is_chosen) {
        return faults;
    }
    if (parent.quantity_name) {
        if (data.quantity <= 0) {
            faults.quantity = _t("Enter a quantity above zero.");
        } else if (data.quantity > data.quantity_left) {
            faults.quantity = _t("Only %s left.", data.quantity_left);
        }
    }
    if (parent.price_name && data.amount <= 0 && data.amount_total > 0) {
        faults.amount = _t("Enter an amount above zero.");
    } else if (parent.price_name && data.amount > data.amount_total + 0.005) {
        faults.amount = _t("This is more than was paid.");
    }
    return faults;
}

// === LINES THAT ARE DECIDED ONE BY ONE === //

/** The lines about which something is decided. */
export const decided = (parent, kind) =>
    records(parent.decision_ids).filter(({data}) => data.decision === kind);

const reasonAsked = (parent, kind) => (parent.line_kinds || {})[kind];

/** Whether the lines say themselves, or need not be told, what an argument is for. */
export function isToldByLine({data}, parent) {
    const isAsked = reasonAsked(parent, parent.kind)?.name === data.name;
    return (
        records(parent.decision_ids).length > 0 &&
        decided(parent, parent.kind).every(
            (line) => isAsked && !isBlank(line.data.reason)
        )
    );
}

/** What is missing of what is decided about a line; "" for nothing. */
export function decisionFault({data}, parent) {
    const cell = reasonAsked(parent, data.decision);
    const [row] = bulkRows(parent);
    return cell && cell.is_required && !cell.is_override && isBlank(data.reason)
        ? missing(cell.label, row.data.marketplace_id)
        : "";
}

// === MANY ORDERS === //

const argumentsOf = (row, parent) =>
    records(parent.argument_ids).filter(
        ({data}) => data.marketplace_id.id === row.data.marketplace_id.id
    );

export function isCellWanted(cell, row, parent) {
    const all = records(parent.argument_ids);
    return holds(cell.condition, row.data.marketplace_id, all) !== false;
}

/** Whether an order cannot be sent without a cell; there may be none. */
export function isCellNeeded(cell, row, parent) {
    if (!cell || cell.is_override) {
        return false;
    }
    const all = records(parent.argument_ids);
    return holds(cell.condition, row.data.marketplace_id, all) ?? cell.is_required;
}

/** What is wrong with what is entered for one order. */
export function cellFault(cell, row, parent) {
    return isCellNeeded(cell, row, parent) && isBlank(row.data[cell.field])
        ? missing(cell.label, row.data.marketplace_id)
        : "";
}

/** Whether nothing at all is said where the marketplace demands nothing. */
function saysNothing(required, values, parent) {
    const isAsked = "is_without_details" in parent && values.length;
    return Boolean(
        isAsked &&
        !parent.is_without_details &&
        !required.some(Boolean) &&
        values.every(isBlank)
    );
}

/** Whether everything is there that is needed to send one order of many. */
export function isReady(row, parent) {
    const all = records(parent.argument_ids);
    const own = argumentsOf(row, parent);
    const cells = row.data.cells || [];
    const overridden = cells
        .filter((cell) => cell.is_override && !isBlank(row.data[cell.field]))
        .map(({name}) => name);
    return (
        isOpen(row) &&
        !own.some(
            (argument) =>
                !overridden.includes(argument.data.name) &&
                !isToldByLine(argument, parent) &&
                argumentFault(argument, all)
        ) &&
        !records(parent.decision_ids).some((line) => decisionFault(line, parent)) &&
        !cells.some((cell) => cellFault(cell, row, parent)) &&
        !saysNothing(
            [
                ...own.map(({data}) => data.is_required),
                ...cells.map((cell) => cell.is_required),
            ],
            [
                ...own.map(({data}) => data.value),
                ...cells.map((cell) => row.data[cell.field]),
            ],
            parent
        )
    );
}

/** The orders of a dialog that asks for the same of many; none in the others. */
export const bulkRows = (data) => records(data.row_ids || data.line_ids);

/** Whether a single order is told nothing, though something could be said. */
export function isUntold(data) {
    const all = records(data.argument_ids);
    return (
        bulkRows(data).length === 0 &&
        saysNothing(
            all.map((argument) => argument.data.is_required),
            all.map((argument) => argument.data.value),
            data
        )
    );
}

/** Whether nothing of what was entered can be sent. */
export function isBlocked(data) {
    const rows = bulkRows(data);
    if (rows.length > 0) {
        return !rows.some((row) => isReady(row, data));
    }
    const all = records(data.argument_ids);
    return (
        isUntold(data) ||
        all.some((argument) => argumentFault(argument, all)) ||
        records(data.chosen_line_ids).some(
            (line) => Object.keys(lineFaults(line, data)).length > 0
        )
    );
}
