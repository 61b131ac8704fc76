import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/** Longest time that a message stays which nobody can do anything about. */
const READING_TIME = 5000;

/**
 * Says what a marketplace was asked for, and offers to undo it until it is sent.
 *
 * @param {Object} env
 * @param {Object} action its params: `message`, `type`, `undo_ids`, `seconds`, `next`
 * @returns {Object} the action that follows
 */
function announce(env, {params}) {
    const {message, type, undo_ids: undoIds, seconds, next} = params;
    const {action, notification, orm} = env.services;
    const undo = async () => {
        close();
        await action.doAction(
            await orm.call("lengow.action", "action_undo", [undoIds])
        );
    };
    const close = notification.add(message, {
        type,
        autocloseDelay: undoIds.length ? seconds * 1000 : READING_TIME,
        buttons: undoIds.length ? [{name: _t("Undo"), onClick: undo}] : [],
    });
    return next;
}

registry.category("actions").add("lengow_announce", announce);
