import { createRequire as __createRequire } from "node:module";import { dirname as __pathDirname } from "node:path";import { fileURLToPath as __fileURLToPath } from "node:url";const require = __createRequire(import.meta.url);const __filename = __fileURLToPath(import.meta.url);const __dirname = __pathDirname(__filename);
import{b as W}from"./chunk-OWN3BQAX.js";import"./chunk-57MJJFQU.js";import"./chunk-SLPWALVA.js";import{F as x,G as D,I as M,J as I,K,o as _,q as N,r as O,s as j,t as R}from"./chunk-MLXZKCR6.js";import{a as h}from"./chunk-6IQEKAJB.js";import"./chunk-K6KJJNYJ.js";import"./chunk-67FAG3EN.js";import"./chunk-KKHG2M5O.js";import{a as o}from"./chunk-TDY5LZQK.js";import{existsSync as ie,mkdirSync as ae,writeFileSync as oe}from"node:fs";import{basename as z,dirname as le,join as A,posix as w}from"node:path";function P({name:e,version:t,dir:n,through:r,programs:s,known:a}){let i=a.roles.filter(g=>/^[a-z_][a-z0-9_]{0,62}$/.test(g)),l=Y(a).map(({title:g,checks:u},b)=>[`      - id: baseline.${b+1}`,`        title: ${g}`,"        checks:",...u.map(p=>`          - ${p}`)].join(`
`)),c=a.tables[0]===void 0?"orders":y(a.tables[0]);return`# yaml-language-server: $schema=./node_modules/phasegate/dist/plan.schema.json
# What must be true of the database, and in which order: https://github.com/phasegate/phasegate/blob/main/docs/plan.md
version: 1
name: ${f(e)}

postgres:
  version: ${t} # the major version of production
  # Every role that migrations grant something to, or that checks act as.
  roles: [${i.map(f).join(", ")}]

migrations:
  dir: ${f(n)}

policy:
  # Who may approve that this plan asks for less: ["@ada", "@organization/team"]. Name them before it is merged:
  # from then on, naming somebody is itself a weakening, which nobody could approve.
  plan-owners: []
${s?`  # The migrations that are programs need it. Give the job that judges a token that can only read.
  programs: allow
`:""}
phases:
  # What was there before this plan: every migration up to the newest one. Add what must never be lost.
  - id: baseline
    title: What was there
    owns:
      migrations: { through: ${f(r)} }
    gates:
${l.join(`

`)}

  # The next phase. Take the # away, and say what it owns and what proves it;
  # https://github.com/phasegate/phasegate/blob/main/docs/checks.md lists what can be asked.
  # - id: next
  #   title: What comes next
  #   after: [baseline]
  #   owns:
  #     migrations: ["*_what-comes-next.sql"]
  #   gates:
  #     - id: next.1
  #       title: The column is there, and has a value
  #       checks:
  #         - column: { table: ${c}, name: currency, type: text, nullable: false }
  #     - id: next.2
  #       title: The migration can be undone, on rows
  #       checks:
  #         - reversible: { data: db/fixtures/next.sql }
`}o(P,"firstPlan");function Y({tables:e,views:t}){let n=e.flatMap(i=>i.key===void 0?[]:[`constraint: { table: ${y(i)}, type: primary key, columns: [${i.key.map(f).join(", ")}] }`]),r=e.flatMap(i=>{let[l]=i.columns;return i.key===void 0&&l!==void 0?[`column: { table: ${y(i)}, name: ${f(l)} }`]:[]}),s=t.map(i=>`view: { name: ${y(i)}, materialized: ${i.materialized} }`),a=[{title:"Tables have their primary keys",checks:n},{title:"Tables without a primary key are there",checks:r},{title:"Views are there",checks:s}].filter(({checks:i})=>i.length>0);return a.length>0?a:[U]}o(Y,"gatesOf");var U={title:"The migrations make something",checks:[`sql:
              name: there are tables, views or functions that the migrations made
              query: |
                SELECT EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = n.oid AND c.relname NOT LIKE 'pgmigrations%')
                  OR EXISTS (SELECT FROM pg_proc AS p WHERE p.pronamespace = n.oid)
                FROM pg_namespace AS n WHERE n.nspname = 'public'
              gives: true
              sabotage: |
                DO $$ BEGIN EXECUTE format('DROP OWNED BY %s CASCADE', (SELECT datdba::regrole FROM pg_database WHERE datname = current_database())); END $$`]},y=o(({schema:e,name:t})=>f((e==="public"?[t]:[e,t]).map(r=>/^[a-z_][a-z0-9_]*$/.test(r)?r:`"${r.replaceAll('"','""')}"`).join(".")),"nameOf"),f=o(e=>/^[A-Za-z_][\w./-]*$/.test(e)&&!/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(e)?e:JSON.stringify(e),"scalar");function F(e,t){return`name: Phasegate
on:
  pull_request:
    types: [opened, synchronize, reopened, edited]
  pull_request_review:
    types: [submitted, dismissed]
  merge_group:
  push:
    branches: [${f(e)}]
permissions:
  contents: read${t?"":`
  checks: write
  pull-requests: write
  actions: write # an approval starts the job that failed again`}
jobs:
  phasegate: # require this check, from GitHub Actions
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - uses: phasegate/phasegate@v1
`}o(F,"firstWorkflow");async function V(e){let t=new v,n=new Set;for(let r of e){t.isLost=!1;let s=r===void 0?void 0:await _(r);if(s?.status!=="parsed")t.doubtAll();else for(let a of s.statements){Q(a,t);for(let i of se(a.node))n.add(i)}}return{...t.certain(),roles:[...n].sort()}}o(V,"knownObjects");var v=class{static{o(this,"Known")}tables=new Map;views=new Map;isLost=!1;#e=new Set;nameOf({schemaname:t,relname:n=""}){if(t===void 0&&this.isLost){this.doubt(n);return}return{schema:t??"public",name:n}}table(t){let n=t&&this.nameOf(t);return n&&this.tables.get(m(n))}doubt(t){this.#e.add(t)}doubtAll(){for(let{name:t}of[...this.tables.values(),...this.views.values()])this.doubt(t)}certain(){let t=o(({name:n})=>!this.#e.has(n),"isCertain");return{tables:[...this.tables.values()].filter(t).map(({schema:n,name:r,key:s,columns:a})=>({schema:n,name:r,columns:a,...s?{key:s.columns}:{}})),views:[...this.views.values()].filter(t)}}},m=o(({schema:e,name:t})=>JSON.stringify([e,t]),"idOf");function Q({node:e,text:t},n){if("CreateStmt"in e)Z(e.CreateStmt,n);else if("AlterTableStmt"in e){let{relation:r,cmds:s=[]}=e.AlterTableStmt,a=n.table(r);for(let i of a?s:[])a&&"AlterTableCmd"in i&&ee(a,i.AlterTableCmd)}else if("RenameStmt"in e)te(e.RenameStmt,n);else if("DropStmt"in e)re(e.DropStmt,n);else if("AlterObjectSchemaStmt"in e)ne(e.AlterObjectSchemaStmt,n);else if("ViewStmt"in e)q(e.ViewStmt.view,!1,n);else if("CreateTableAsStmt"in e){let{objtype:r,into:s}=e.CreateTableAsStmt;r==="OBJECT_MATVIEW"&&q(s?.rel,!0,n)}else/\bsearch_path\b/i.test(t)&&("VariableSetStmt"in e||"SelectStmt"in e)?n.isLost=!0:"DoStmt"in e&&/\b(?:drop|rename|set\s+schema)\b/i.test(t)&&n.doubtAll()}o(Q,"apply");function Z({relation:e,tableElts:t=[],if_not_exists:n},r){let s=e&&r.nameOf(e);if(!s||e.relpersistence==="t"||n&&r.tables.has(m(s)))return;let a={...s,key:void 0,columns:[]};r.tables.set(m(s),a);for(let i of t)"ColumnDef"in i&&B(a,i),"Constraint"in i&&E(a,i.Constraint)}o(Z,"createTable");function B(e,{ColumnDef:t}){let{colname:n="",constraints:r=[]}=t,s=r.flatMap(i=>"Constraint"in i?[i.Constraint]:[]);for(let i of s)E(e,{...i,keys:[{String:{sval:n}}]});s.some(({contype:i})=>i==="CONSTR_IDENTITY"||i==="CONSTR_GENERATED")||e.columns.push(n)}o(B,"addColumn");function E(e,{contype:t,conname:n,keys:r}){t!=="CONSTR_PRIMARY"||!r||(e.key={name:n??`${e.name}_pkey`,columns:O(r)})}o(E,"addConstraint");function ee(e,{subtype:t,name:n,def:r}){t==="AT_AddConstraint"&&r&&"Constraint"in r&&E(e,r.Constraint),t==="AT_AddColumn"&&r&&"ColumnDef"in r&&B(e,r),t==="AT_DropConstraint"&&n===e.key?.name&&(e.key=void 0),t==="AT_DropColumn"&&(e.columns=e.columns.filter(s=>s!==n),e.key?.columns.includes(n??"")&&(e.key=void 0)),t==="AT_AddIdentity"&&(e.columns=e.columns.filter(s=>s!==n))}o(ee,"alterTable");function te({renameType:e,relation:t,subname:n="",newname:r=""},s){e==="OBJECT_SCHEMA"&&s.doubtAll();let a=t&&s.nameOf(t);if(!a)return;let i=s.tables.get(m(a));if(e==="OBJECT_TABCONSTRAINT"&&i?.key?.name===n&&(i.key={...i.key,name:r}),e==="OBJECT_COLUMN"&&i){let l=o(c=>c===n?r:c,"renamed");i.columns=i.columns.map(l),i.key&&(i.key={...i.key,columns:i.key.columns.map(l)})}$(e)&&J(a,{...a,name:r},s)}o(te,"rename");var $=o(e=>e==="OBJECT_TABLE"||e==="OBJECT_VIEW"||e==="OBJECT_MATVIEW","isRelation");function J(e,t,{tables:n,views:r}){let s=n.get(m(e)),a=r.get(m(e));n.delete(m(e)),r.delete(m(e)),s&&n.set(m(t),{...s,...t}),a&&r.set(m(t),{...a,...t})}o(J,"put");function ne({objectType:e,relation:t,newschema:n=""},r){let s=$(e)&&t?r.nameOf(t):void 0;s&&J(s,{...s,schema:n},r)}o(ne,"move");function re({objects:e=[],removeType:t,behavior:n},r){if(n==="DROP_CASCADE")for(let{name:s}of r.views.values())r.doubt(s);if(t==="OBJECT_SCHEMA"||t==="OBJECT_EXTENSION"||t==="OBJECT_TYPE"){n==="DROP_CASCADE"&&r.doubtAll();return}if($(t))for(let s of e){let[a="",i]=[...O(s)].reverse(),l=r.nameOf({relname:a,...i===void 0?{}:{schemaname:i}});l&&(r.tables.delete(m(l)),r.views.delete(m(l)))}}o(re,"drop");function q(e,t,n){let r=e&&n.nameOf(e);r&&e.relpersistence!=="t"&&n.views.set(m(r),{...r,materialized:t})}o(q,"createView");function se(e){return[...N(e)].flatMap(([,{roletype:t,rolename:n}])=>t==="ROLESPEC_CSTRING"&&typeof n=="string"&&!n.startsWith("pg_")?[n]:[])}o(se,"rolesIn");var S="phasegate.yml",T=".github/workflows/phasegate.yml";async function Ke(e,t,n){let r=o((d,X)=>(n.error(`${h(d)}
${h(X)}
`),2),"refused"),s=D(t);if("none"in s&&s.none!=="no-git")return r(s.reason,s.help);let a=[S,T].filter(d=>ie(A(t,d)));if(a.length>0&&!e.force){let d=a.length===1?"is":"are";return r(`${a.join(" and ")} ${d} there already; nothing was written.`,"Write over it with --force.")}let i=x(t),l=e.migrations===void 0?ce(i):[w.normalize(e.migrations).replace(/\/$/,"")],[c,...g]=l;if(c===void 0)return r("There are no migrations here: no folder `migrations` with files like 20260105100000000_create-orders.sql.","Write the first one (`npx node-pg-migrate create create-orders --migration-file-language sql`), or say where they lie with --migrations DIR.");if(g.length>0)return r(`There are several folders of migrations: ${l.join(", ")}.`,"Say which one is meant with --migrations DIR.");let u=I(i.list(),c),b=u.at(-1);if(!b)return r(`There are no migrations in ${c}/.`,"Say where they lie with --migrations DIR.");let p=u.some(({kind:d})=>d==="program"),G=await V(u.map(d=>me(d,i))),C={name:fe(i,t),version:de(i),dir:c,through:b.name,programs:p,known:G};L(t,S,P(C)),L(t,T,F(W(t)??"main",p));let k=await ue(u,i,p),H={written:[S,T],dir:c,migrations:u.length,postgres:C.version,traps:k};return n.out(e.json?`${JSON.stringify(H,null,2)}
`:ge(u.length,C.version,k)),0}o(Ke,"initCommand");function L(e,t,n){ae(le(A(e,t)),{recursive:!0}),oe(A(e,t),n)}o(L,"write");var me=o(({path:e,kind:t},n)=>t==="sql"?j(n.read(e)??"").up.text:void 0,"upOf");function ce(e){let t=/node-pg-migrate[^&|;"]*?\s(?:-m|--migrations-dir)[\s=]+([\w./-]+)/.exec(e.read("package.json")??"")?.[1];if(t!==void 0)return[w.normalize(t).replace(/\/$/,"")];let n=e.list().filter(s=>M(z(s))!==void 0&&/\.(?:sql|[cm]?[jt]s)$/.test(s)).map(s=>w.dirname(s)).filter(s=>/^(?:migrations?|migrate)$/.test(w.basename(s))),r=[...new Set(n)];return r.includes("migrations")?["migrations"]:r}o(ce,"migrationFolders");function de(e){let n=e.list().filter(a=>/^(?:[^/]*compose[^/]*|\.github\/workflows\/[^/]+)\.ya?ml$/.test(a)).flatMap(a=>[...(e.read(a)??"").matchAll(/\bpostgres(?:ql)?:(1[5-8])\b/g)].map(([,i])=>Number(i))),[r,...s]=new Set(n);return r===void 0||s.length>0?18:r}o(de,"versionOf");function fe(e,t){return/"name"\s*:\s*"([^"\\]+)"/.exec(e.read("package.json")??"")?.[1]??z(t)}o(fe,"nameOf");async function ue(e,t,n){let r=[...K(e,n)];for(let{path:s,kind:a}of e)a==="sql"&&r.push(...await R(s,t.read(s)??""));return r}o(ue,"trapsOf");function ge(e,t,n){let r=n.flatMap(({message:s,help:a,place:i})=>[`  ${i===void 0?"":`${i.file}:${i.line}: `}${h(s)}`,`      ${h(a)}`]);return[`Wrote ${S}: one phase, \`baseline\`, that owns ${e===1?"the migration":`all ${e} migrations`}, on PostgreSQL ${t}.`,`Wrote ${T}: judges every pull request.`,"",...r.length===0?[]:["The gates cannot hold before this is repaired:",...r,""],"Next:","  phasegate run --audit --no-documents   try the gates","  phasegate verify --all                 write the verification document of the baseline","  phasegate doctor                       see which ways around the gate are open; name `plan-owners` before the merge",""].join(`
`)}o(ge,"written");export{Ke as initCommand};
