import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";

/**
 * Has the browser save a file, and closes the dialog that asked for it.
 *
 * A button that closes what is open would close as well what it has opened instead: the
 * dialog of a background task.
 *
 * @param {Object} env
 * @param {Object} action its params: `url`
 * @returns {Object} the action that follows
 */
function download(env, {params}) {
    browser.location.assign(params.url);
    return {type: "ir.actions.act_window_close"};
}

registry.category("actions").add("lengow_download", download);
