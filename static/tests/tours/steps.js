/** What several tours do, or look at. */

/** Select an order of a list by its number. */
export const select = (number) => ({
    trigger: `.o_data_row:contains(${number}) .o_list_record_selector input`,
    run: "click",
});

/** What an argument of an action is entered into, by Lengow's name for it. */
export const argument = (name) => `.modal .o_lengow_argument[data-name=${name}]`;

/** Paste what was copied elsewhere, such as a column of a spreadsheet. */
export function paste(text) {
    return ({anchor}) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text", text);
        anchor.dispatchEvent(
            new ClipboardEvent("paste", {
                clipboardData,
                bubbles: true,
                cancelable: true,
            })
        );
    };
}
