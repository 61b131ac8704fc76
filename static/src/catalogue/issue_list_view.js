import {ListRenderer} from "@web/views/list/list_renderer";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";

/** Issues by kind: what to do about a kind stands once, beside its name. */
export class IssueListRenderer extends ListRenderer {
    static groupRowTemplate = "lengow_connector.IssueGroupRow";

    hintOf(group) {
        const [issue] = group.list.records || [];
        return group.groupByField.name === "kind" && issue ? issue.data.hint : "";
    }
}

registry.category("views").add("lengow_catalogue_issues", {
    ...listView,
    Renderer: IssueListRenderer,
});
