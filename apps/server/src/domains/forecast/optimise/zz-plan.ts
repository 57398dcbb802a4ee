import { readFileSync } from 'node:fs';
import { draw } from '@tandem/dynamics';
import { optimiseModel } from '/work/main/apps/server/src/domains/forecast/optimise/index.ts';
import { soughtOf } from '/work/main/apps/server/src/domains/forecast/fit/parameters.ts';
import { encodeDraws } from '/work/main/apps/server/src/domains/forecast/predict/draws.ts';
const S='/work/main/samples/models/';
const model={xmile:readFileSync(S+'live-community.xmile','utf8'),setup:JSON.parse(readFileSync(S+'live-community.setup.json','utf8'))};
const days=Number(process.argv[3]??548);
const from='2024-01-01'; const to=new Date(Date.parse(from)+days*864e5).toISOString().slice(0,10);
const snapshot={from,to,zone:'Asia/Shanghai',currency:'CNY',series:[],promotions:[]};
const sought=soughtOf(model.setup.parameters,model.setup.observations,[]);
const N=400; const names=sought.map(s=>s.name); const values=new Float64Array(N*names.length);
for(let i=0;i<N;i++)for(let j=0;j<names.length;j++){const u=draw(7,i,j,0),v=draw(7,i,j,1);const z=Math.sqrt(-2*Math.log(1-u))*Math.cos(2*Math.PI*v);values[i*names.length+j]=sought[j]!.value(z*Number(process.argv[4]??0.3));}
const fit={kind:'fit',basis:'prior',reason:null,parameters:[],series:[],missing:[],converged:true,complete:true,rhat:1,effectiveDraws:N,evaluations:0,draws:encodeDraws(names,values),warnings:[]} as any;

import { templatePlan } from './template-plan.ts';
const target=(id:string,variable:string,measure:any,atLeast:number)=>({id,label:{en:id,zh:id},unit:{en:'',zh:''},atLeast,of:[{variable,measure}]});
const c0=process.cpuUsage();const t0=performance.now();
const drop=process.argv[5]?.split(',')??[];
const p=await templatePlan({model,snapshot:{...snapshot,to:from},fit,seed:1,months:12,levers:['marketing_budget','paid_traffic_budget','share_community','share_live','share_short_video','share_offline','sessions_per_day','invitations_per_member','koc_recruiting','messages_per_member','offline_events'],targets:[
 target('members','user_behaviour.members','end',500_000),target('revenue','monetisation.cumulative_revenue','increase',50e6),target('retention','user_behaviour.retention_30_days','recent',0.7),target('conversion','monetisation.viewer_conversion','recent',0.2),target('spend','monetisation.spend_per_customer','end',200)].filter(t=>!drop.includes(t.id)),draws:Number(process.env.DRAWS??60)},{threads:2});
const cpu=process.cpuUsage(c0);console.log('cpu',(cpu.user+cpu.system)/1e6,'wall',(performance.now()-t0)/1000,'runs',p.evaluations);
console.log(p.status,p.reason.en,p.reason.zh);for(const t of p.targets)console.log(t.id,t.atLeast,t.value.mean,t.probability,t.isBinding,t.price,t.alone);
for(const l of p.levers)console.log(l.variable.padEnd(24),l.byMonth.map(v=>+v.toPrecision(3)).join(' '));
