/** What several tours do, or look at. */

import {browser} from "@web/core/browser/browser";

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

/**
 * Press a button whose answer the browser saves as a file, and note its status instead.
 * Look for it in `body[data-downloaded='200']`.
 */
export function download({anchor}) {
    const own = Object.getOwnPropertyDescriptor(browser, "location");
    const assign = async (url) => {
        Object.defineProperty(browser, "location", own);
        const answer = await browser.fetch(url);
        document.body.dataset.downloaded = `${answer.status}`;
    };
    Object.defineProperty(browser, "location", {
        configurable: true,
        enumerable: true,
        value: {...browser.location, assign},
    });
    anchor.click();
}

/** Complain about cells of a row that do not show all of their text. */
export function checkWhole(row, texts) {
    for (const [name, text] of Object.entries(texts)) {
        const cell = row.querySelector(`[name=${name}]`);
        if (!cell.innerText.includes(text)) {
            throw new Error(`${name} shows ${cell.innerText}.`);
        }
        // A cell that hides its overflow is cut by as much.
        const cut = [cell, ...cell.querySelectorAll("*")].find(
            (one) => one.scrollWidth > one.clientWidth && one.clientWidth
        );
        if (cut) {
            throw new Error(
                `${name} needs ${cut.scrollWidth} px of ${cut.clientWidth}.`
            );
        }
    }
}

/** Complain about a sum below a list that is not seen from its beginning to its end. */
export function checkSum({anchor}) {
    const range = document.createRange();
    range.selectNodeContents(anchor.querySelector("span"));
    anchor.scrollIntoView({block: "center"});
    const {left, right, y, height} = range.getBoundingClientRect();
    for (const x of [left + 1, right - 1]) {
        const shown = document.elementFromPoint(x, y + height / 2);
        if (!anchor.contains(shown)) {
            throw new Error(`It is cut at ${x} px: ${shown?.outerHTML}`);
        }
    }
}
