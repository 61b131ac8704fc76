/** What several tours do, or look at. */

/** Select an order of a list by its number. */
export const select = (number) => ({
    trigger: `.o_data_row:contains(${number}) .o_list_record_selector input`,
    run: "click",
});

/** What an argument of an action is entered into, by Lengow's name for it. */
export const argument = (name) => `.modal .o_lengow_argument[data-name=${name}]`;
