import { createRequire as __createRequire } from "node:module";import { dirname as __pathDirname } from "node:path";import { fileURLToPath as __fileURLToPath } from "node:url";const require = __createRequire(import.meta.url);const __filename = __fileURLToPath(import.meta.url);const __dirname = __pathDirname(__filename);
import{b as v}from"./chunk-TOAJLVVL.js";import{a as R}from"./chunk-B3ENGLAG.js";import"./chunk-AUX3IHEB.js";import{D as W,E as K,G as P,H as q,I as F,U as V,o as x,r as D,s as C,t as M,u as I}from"./chunk-JEYSWUDZ.js";import{a as b}from"./chunk-WJTYE5ZN.js";import"./chunk-K6KJJNYJ.js";import"./chunk-67FAG3EN.js";import"./chunk-KKHG2M5O.js";import{a as o}from"./chunk-TDY5LZQK.js";import{existsSync as oe,mkdirSync as le,writeFileSync as me}from"node:fs";import{basename as H,dirname as ce,join as _,posix as T}from"node:path";function B({name:e,version:t,dir:n,through:r,programs:s,known:a}){let i=a.roles.filter(h=>/^[a-z_][a-z0-9_]{0,62}$/.test(h)),l=Q(a).map(({title:h,checks:u},w)=>[`      - id: baseline.${w+1}`,`        title: ${h}`,"        checks:",...u.map(y=>`          - ${y}`)].join(`
`)),c=a.tables[0]===void 0?"orders":S(a.tables[0]);return`# yaml-language-server: $schema=./node_modules/phasegate/dist/plan.schema.json
# What must be true of the database, and in which order: https://github.com/phasegate/phasegate/blob/main/docs/plan.md
version: 1
name: ${d(e)}

postgres:
  version: ${t} # the major version of production
  # Every role that migrations grant something to, or that checks act as.
  roles: [${i.map(d).join(", ")}]

migrations:
  dir: ${d(n)}

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
      migrations: { through: ${d(r)} }
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
`}o(B,"firstPlan");function Q({tables:e,views:t}){let n=e.flatMap(i=>i.key===void 0?[]:[`constraint: { table: ${S(i)}, type: primary key, columns: [${i.key.map(d).join(", ")}] }`]),r=e.flatMap(i=>{let[l]=i.columns;return i.key===void 0&&l!==void 0?[`column: { table: ${S(i)}, name: ${d(l)} }`]:[]}),s=t.map(i=>`view: { name: ${S(i)}, materialized: ${i.materialized} }`),a=[{title:"Tables have their primary keys",checks:n},{title:"Tables without a primary key are there",checks:r},{title:"Views are there",checks:s}].filter(({checks:i})=>i.length>0);return a.length>0?a:[Z]}o(Q,"gatesOf");var Z={title:"The migrations make something",checks:[`sql:
              name: there are tables, views or functions that the migrations made
              query: |
                SELECT EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = n.oid AND c.relname NOT LIKE 'pgmigrations%')
                  OR EXISTS (SELECT FROM pg_proc AS p WHERE p.pronamespace = n.oid)
                FROM pg_namespace AS n WHERE n.nspname = 'public'
              gives: true
              sabotage: |
                DO $$ BEGIN EXECUTE format('DROP OWNED BY %s CASCADE', (SELECT datdba::regrole FROM pg_database WHERE datname = current_database())); END $$`]},S=o(({schema:e,name:t})=>d((e==="public"?[t]:[e,t]).map(r=>/^[a-z_][a-z0-9_]*$/.test(r)?r:`"${r.replaceAll('"','""')}"`).join(".")),"nameOf"),d=o(e=>/^[A-Za-z_][\w./-]*$/.test(e)&&!/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(e)?e:JSON.stringify(e),"scalar");function E(e,t){let n=t?"  pull-requests: read # programs of the change run here, so the token can only read":`  checks: write
  pull-requests: write
  actions: write # an approval starts the job that failed again`,r=t?`
        with: { check-run: false, comment: false }`:"";return`name: Phasegate
on:
  pull_request:
    branches: [${d(e)}]
    types: [opened, synchronize, reopened, edited]
  pull_request_review:
    types: [submitted, dismissed]
  merge_group:
  push:
    branches: [${d(e)}]
permissions:
  contents: read
${n}
jobs:
  phasegate: # require this check, from GitHub Actions
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
        with: { persist-credentials: false }
      - uses: phasegate/phasegate@v1${r}
`}o(E,"firstWorkflow");async function L(e){let t=new $,n=new Set;for(let r of e){t.isLost=!1;let s=r===void 0?void 0:await x(r);if(s?.status!=="parsed")t.doubtAll();else for(let a of s.statements){ee(a,t);for(let i of ae(a.node))n.add(i)}}return{...t.certain(),roles:[...n].sort()}}o(L,"knownObjects");var $=class{static{o(this,"Known")}tables=new Map;views=new Map;isLost=!1;#e=new Set;nameOf({schemaname:t,relname:n=""}){if(t===void 0&&this.isLost){this.doubt(n);return}return{schema:t??"public",name:n}}table(t){let n=t&&this.nameOf(t);return n&&this.tables.get(m(n))}doubt(t){this.#e.add(t)}doubtAll(){for(let{name:t}of[...this.tables.values(),...this.views.values()])this.doubt(t)}certain(){let t=o(({name:n})=>!this.#e.has(n),"isCertain");return{tables:[...this.tables.values()].filter(t).map(({schema:n,name:r,key:s,columns:a})=>({schema:n,name:r,columns:a,...s?{key:s.columns}:{}})),views:[...this.views.values()].filter(t)}}},m=o(({schema:e,name:t})=>JSON.stringify([e,t]),"idOf");function ee({node:e,text:t},n){if("CreateStmt"in e)te(e.CreateStmt,n);else if("AlterTableStmt"in e){let{relation:r,cmds:s=[]}=e.AlterTableStmt,a=n.table(r);for(let i of a?s:[])a&&"AlterTableCmd"in i&&ne(a,i.AlterTableCmd)}else if("RenameStmt"in e)re(e.RenameStmt,n);else if("DropStmt"in e)ie(e.DropStmt,n);else if("AlterObjectSchemaStmt"in e)se(e.AlterObjectSchemaStmt,n);else if("ViewStmt"in e)J(e.ViewStmt.view,!1,n);else if("CreateTableAsStmt"in e){let{objtype:r,into:s}=e.CreateTableAsStmt;r==="OBJECT_MATVIEW"&&J(s?.rel,!0,n)}else/\bsearch_path\b/i.test(t)&&("VariableSetStmt"in e||"SelectStmt"in e)?n.isLost=!0:"DoStmt"in e&&/\b(?:drop|rename|set\s+schema)\b/i.test(t)&&n.doubtAll()}o(ee,"apply");function te({relation:e,tableElts:t=[],if_not_exists:n},r){let s=e&&r.nameOf(e);if(!s||e.relpersistence==="t"||n&&r.tables.has(m(s)))return;let a={...s,key:void 0,columns:[]};r.tables.set(m(s),a);for(let i of t)"ColumnDef"in i&&z(a,i),"Constraint"in i&&A(a,i.Constraint)}o(te,"createTable");function z(e,{ColumnDef:t}){let{colname:n="",constraints:r=[]}=t,s=r.flatMap(i=>"Constraint"in i?[i.Constraint]:[]);for(let i of s)A(e,{...i,keys:[{String:{sval:n}}]});s.some(({contype:i})=>i==="CONSTR_IDENTITY"||i==="CONSTR_GENERATED")||e.columns.push(n)}o(z,"addColumn");function A(e,{contype:t,conname:n,keys:r}){t!=="CONSTR_PRIMARY"||!r||(e.key={name:n??`${e.name}_pkey`,columns:C(r)})}o(A,"addConstraint");function ne(e,{subtype:t,name:n,def:r}){t==="AT_AddConstraint"&&r&&"Constraint"in r&&A(e,r.Constraint),t==="AT_AddColumn"&&r&&"ColumnDef"in r&&z(e,r),t==="AT_DropConstraint"&&n===e.key?.name&&(e.key=void 0),t==="AT_DropColumn"&&(e.columns=e.columns.filter(s=>s!==n),e.key?.columns.includes(n??"")&&(e.key=void 0)),t==="AT_AddIdentity"&&(e.columns=e.columns.filter(s=>s!==n))}o(ne,"alterTable");function re({renameType:e,relation:t,subname:n="",newname:r=""},s){e==="OBJECT_SCHEMA"&&s.doubtAll();let a=t&&s.nameOf(t);if(!a)return;let i=s.tables.get(m(a));if(e==="OBJECT_TABCONSTRAINT"&&i?.key?.name===n&&(i.key={...i.key,name:r}),e==="OBJECT_COLUMN"&&i){let l=o(c=>c===n?r:c,"renamed");i.columns=i.columns.map(l),i.key&&(i.key={...i.key,columns:i.key.columns.map(l)})}k(e)&&G(a,{...a,name:r},s)}o(re,"rename");var k=o(e=>e==="OBJECT_TABLE"||e==="OBJECT_VIEW"||e==="OBJECT_MATVIEW","isRelation");function G(e,t,{tables:n,views:r}){let s=n.get(m(e)),a=r.get(m(e));n.delete(m(e)),r.delete(m(e)),s&&n.set(m(t),{...s,...t}),a&&r.set(m(t),{...a,...t})}o(G,"put");function se({objectType:e,relation:t,newschema:n=""},r){let s=k(e)&&t?r.nameOf(t):void 0;s&&G(s,{...s,schema:n},r)}o(se,"move");function ie({objects:e=[],removeType:t,behavior:n},r){if(n==="DROP_CASCADE")for(let{name:s}of r.views.values())r.doubt(s);if(t==="OBJECT_SCHEMA"||t==="OBJECT_EXTENSION"||t==="OBJECT_TYPE"){n==="DROP_CASCADE"&&r.doubtAll();return}if(k(t))for(let s of e){let[a="",i]=[...C(s)].reverse(),l=r.nameOf({relname:a,...i===void 0?{}:{schemaname:i}});l&&(r.tables.delete(m(l)),r.views.delete(m(l)))}}o(ie,"drop");function J(e,t,n){let r=e&&n.nameOf(e);r&&e.relpersistence!=="t"&&n.views.set(m(r),{...r,materialized:t})}o(J,"createView");function ae(e){return[...D(e)].flatMap(([,{roletype:t,rolename:n}])=>t==="ROLESPEC_CSTRING"&&typeof n=="string"&&!n.startsWith("pg_")?[n]:[])}o(ae,"rolesIn");var p="phasegate.yml",f=".github/workflows/phasegate.yml";async function Ve(e,t,n){let r=o((g,U)=>(n.error(`${b(g)}
${b(U)}
`),2),"refused"),s=K(t);if("none"in s&&s.none!=="no-git")return r(s.reason,s.help);let a=[p,f].filter(g=>e.force||!oe(_(t,g)));if(a.length===0)return r(`${p} and ${f} are there already; nothing was written.`,"Write over both with --force.");let i=W(t);if(!a.includes(p))return de(i,t,e,n);let l=e.migrations===void 0?ue(i):[T.normalize(e.migrations).replace(/\/$/,"")],[c,...h]=l;if(c===void 0)return r("There are no migrations here: no folder `migrations` with files like 20260105100000000_create-orders.sql.","Write the first one (`npx node-pg-migrate create create-orders --migration-file-language sql`), or say where they lie with --migrations DIR.");if(h.length>0)return r(`There are several folders of migrations: ${l.join(", ")}.`,"Say which one is meant with --migrations DIR.");let u=q(i.list(),c),w=u.at(-1);if(!w)return r(`There are no migrations in ${c}/.`,"Say where they lie with --migrations DIR.");let y=u.some(({kind:g})=>g==="program"),X=await L(u.map(g=>fe(g,i))),O={name:pe(i,t),version:ge(i),dir:c,through:w.name,programs:y,known:X};N(t,p,B(O)),a.includes(f)&&N(t,f,E(v(t)??"main",y));let j=await he(u,i,y),Y={written:a,dir:c,migrations:u.length,postgres:O.version,traps:j};return n.out(e.json?`${JSON.stringify(Y,null,2)}
`:ye(a,u.length,O.version,j)),0}o(Ve,"initCommand");function de(e,t,n,r){let s=V(e,p);return"mistakes"in s?(r.error(R(s.mistakes)),2):(N(t,f,E(v(t)??"main",s.read.plan.policy.programs==="allow")),r.out(n.json?`${JSON.stringify({written:[f]},null,2)}
`:`Wrote ${f}. ${p} is there already, and is as it was.
`),0)}o(de,"workflowAlone");function N(e,t,n){le(ce(_(e,t)),{recursive:!0}),me(_(e,t),n)}o(N,"write");var fe=o(({path:e,kind:t},n)=>t==="sql"?M(n.read(e)??"").up.text:void 0,"upOf");function ue(e){let t=/node-pg-migrate[^&|;"]*?\s(?:-m|--migrations-dir)[\s=]+([\w./-]+)/.exec(e.read("package.json")??"")?.[1];if(t!==void 0)return[T.normalize(t).replace(/\/$/,"")];let n=e.list().filter(s=>P(H(s))!==void 0&&/\.(?:sql|[cm]?[jt]s)$/.test(s)).map(s=>T.dirname(s)).filter(s=>/^(?:migrations?|migrate)$/.test(T.basename(s))),r=[...new Set(n)];return r.includes("migrations")?["migrations"]:r}o(ue,"migrationFolders");function ge(e){let n=e.list().filter(a=>/^(?:[^/]*compose[^/]*|\.github\/workflows\/[^/]+)\.ya?ml$/.test(a)).flatMap(a=>[...(e.read(a)??"").matchAll(/\bpostgres(?:ql)?:(1[5-8])\b/g)].map(([,i])=>Number(i))),[r,...s]=new Set(n);return r===void 0||s.length>0?18:r}o(ge,"versionOf");function pe(e,t){return/"name"\s*:\s*"([^"\\]+)"/.exec(e.read("package.json")??"")?.[1]??H(t)}o(pe,"nameOf");async function he(e,t,n){let r=[...F(e,n)];for(let{path:s,kind:a}of e)a==="sql"&&r.push(...await I(s,t.read(s)??""));return r}o(he,"trapsOf");function ye(e,t,n,r){let s=r.flatMap(({message:a,help:i,place:l})=>[`  ${l===void 0?"":`${l.file}:${l.line}: `}${b(a)}`,`      ${b(i)}`]);return[`Wrote ${p}: one phase, \`baseline\`, that owns ${t===1?"the migration":`all ${t} migrations`}, on PostgreSQL ${n}.`,e.includes(f)?`Wrote ${f}: judges every pull request.`:`${f} is there already, and is as it was.`,"",...s.length===0?[]:["The gates cannot hold before this is repaired:",...s,""],"Next:","  phasegate run --audit --no-documents   try the gates","  phasegate verify --all                 write the verification document of the baseline","  phasegate doctor                       see which ways around the gate are open; name `plan-owners` before the merge",""].join(`
`)}o(ye,"written");export{Ve as initCommand};
