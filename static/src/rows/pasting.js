/**
 * Read what was copied from a spreadsheet: for each row that something is for, its
 * values, and what is for no row.
 *
 * Where cells name orders, in whichever column, the others of the same line are for
 * them; otherwise the lines are for the rows from a first one on.
 *
 * @param {string} text tab separated lines
 * @param {string[]} names of the orders, in the order of the rows
 * @param {number} first index of the row that is pasted into
 * @returns {{values: Map<number, string[]>, unknown: string[]}}
 */
export function readPasted(text, names, first) {
    const lines = text
        .replace(/(\r?\n)+$/, "")
        .split(/\r?\n/)
        .map((line) => line.split("\t").map((cell) => cell.trim()));
    const indexes = new Map(names.map((name, index) => [name.toLowerCase(), index]));
    const columnOf = (cells) => cells.findIndex((c) => indexes.has(c.toLowerCase()));
    const values = new Map();
    const unknown = [];
    if (!lines.some((cells) => cells.length > 1 && columnOf(cells) >= 0)) {
        lines.forEach((cells, offset) => values.set(first + offset, cells));
        return {values, unknown};
    }
    const column = columnOf(lines.find((cells) => columnOf(cells) >= 0));
    lines.forEach((cells, offset) => {
        const name = cells[column] || "";
        const index = indexes.get(name.toLowerCase());
        if (index !== undefined) {
            values.set(
                index,
                cells.filter((_cell, at) => at !== column)
            );
        } else if (name && offset > 0) {
            unknown.push(name); // the first may be the titles of the columns
        }
    });
    return {values, unknown};
}
