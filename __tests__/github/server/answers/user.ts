import type { RestEndpointMethodTypes } from "@octokit/rest";
import type { Site } from "../route.ts";
import type { App } from "../state.ts";

export type UserAnswer = NonNullable<RestEndpointMethodTypes["issues"]["getComment"]["response"]["data"]["user"]>;
export type AppAnswer = NonNullable<RestEndpointMethodTypes["checks"]["get"]["response"]["data"]["app"]>;

/** A number that is always the same for the same text, and hardly ever for another. */
export const idOf = (text: string): number =>
  [...text].reduce((id, letter) => (id * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_000_007, 7);

export const userAnswer = ({ api }: Site, login: string): UserAnswer => {
  const name = encodeURIComponent(login);
  const url = `${api}/users/${name}`;
  return {
    login,
    id: idOf(login),
    node_id: `U_${idOf(login)}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${idOf(login)}`,
    gravatar_id: "",
    url,
    html_url: `https://github.com/${name}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: login.endsWith("[bot]") ? "Bot" : "User",
    site_admin: false,
  };
};

export const appAnswer = (site: Site, app: App): AppAnswer => ({
  id: app.id,
  slug: app.slug,
  node_id: `A_${app.id}`,
  owner: userAnswer(site, "github"),
  name: app.name,
  description: "",
  external_url: "https://help.github.com/en/actions",
  html_url: `https://github.com/apps/${app.slug}`,
  created_at: "2018-07-30T09:30:17Z",
  updated_at: "2024-04-10T20:33:16Z",
  permissions: {},
  events: [],
});
