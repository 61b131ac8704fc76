import {NEWS} from "@lengow_connector/tasks/task_news";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/** Tells whoever asked for something in the background that it is done, or stopped. */
export const taskService = {
    dependencies: ["action", "bus_service", "notification", "orm"],
    start(env, {action, bus_service: bus, notification, orm}) {
        const open = async (id) =>
            action.doAction(await orm.call("lengow.task", "action_open", [[id]]));
        const download = (id, isPrint) =>
            action.doAction({
                type: "ir.actions.act_url",
                url: `/lengow/tasks/${id}/file`,
                target: isPrint ? "new" : "self",
            });
        const label = (task) => {
            if (!task.has_file) {
                return _t("Show");
            }
            return task.is_print ? _t("Open") : _t("Download");
        };
        // Whoever has stopped it knows; somebody else has a reason, and says it.
        const typeOf = ({state, message, is_whole: isWhole}) =>
            ({
                done: isWhole ? "success" : "warning",
                failed: "danger",
                canceled: message && "warning",
            })[state];
        bus.subscribe(NEWS, (task) => {
            const type = typeOf(task);
            if (!type) {
                return;
            }
            const buttons = [
                {
                    name: label(task),
                    primary: true,
                    onClick: () => {
                        close();
                        return task.has_file
                            ? download(task.id, task.is_print)
                            : open(task.id);
                    },
                },
            ];
            if (task.has_file && !task.is_whole) {
                // What the file lacks stands in the task.
                buttons.push({name: _t("Show"), onClick: () => open(task.id)});
            }
            const close = notification.add(task.message, {
                title: task.kind,
                type,
                sticky: task.has_file || type !== "success",
                buttons,
            });
        });
    },
};

registry.category("services").add("lengow_tasks", taskService);
