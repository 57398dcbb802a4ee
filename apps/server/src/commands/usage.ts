/** Wrong usage of a command: exit code 2 and the sentence on standard error. */
export class UsageError extends Error {}

export const usage = `Usage: npx tandem <command> [options]

  serve    [--port N] [--host H] [--role all|web|live|worker]    run Tandem
  link                                                           print a new one-time sign-in link
  setup    --brand NAME --email E --password P [--currency CNY] [--zone Asia/Shanghai]
                                                                 create a brand with its owner and an API key
  import   PRESET FILE... --brand ID [--mapping M.json] [--dry-run]
                                                                 import exported files
  kpi      KPI|all --brand ID --from DATE --to DATE [--grain day|week|month|quarter|total] [--by SPLIT]
                                                                 print a KPI; --to is not included
  sample   online-retail [--brand ID]                            load the sample, into a new brand when none is named
  simulate brand --days D --members N --seed S [--brand ID] [--start DAY] [--truth FILE]
                                                                 write the made-up history of a brand, labelled as simulated
  model    run FILE [--set NAME=VALUE]... [--csv]                run a system-dynamics model (XMILE)
  model    check FILE                                            tell everything that is found in it
  model    bench FILE --runs N --vary NAME=LOW:HIGH,... [--threads T] [--backend wasm|js|interp]
                                                                 how fast it runs with varied inputs
  model    sensitivity FILE --vary NAME=LOW:HIGH,... --output NAME[:REDUCER] [--method sobol|morris] [--runs N] [--seed S]
                                                                 which inputs decide an output
  model    fit FILE --data D.csv --vary NAME=LOW:HIGH,... [--method least-squares|cma-es|posterior] [--seed S]
                                                                 inputs that follow measured values
  model    equilibria FILE --along NAME=LOW:HIGH                 where it comes to rest, and where it tips
  model    loops FILE                                            which feedback loops drive it
  forecast fit      --brand ID --model FILE|ID [--setup S.json] [--from DATE] [--to DATE] [--draws N] [--seed S]
                                                                 fit a model to the brand's data
  forecast run      --brand ID --model FILE|ID|--fit ID [--horizon DAYS] [--scenario FILE|ID|PRESET]... [--draws N]
                                                                 forecast, under scenarios side by side
  forecast backtest --brand ID --model FILE|ID [--origins N]     how good such forecasts would have been
  forecast explain  --brand ID --model FILE|ID|--fit ID [--samples N]
                                                                 where growth comes from, and what limits it
  forecast optimise --brand ID --model FILE|ID|--fit ID [--months N] [--goal margin|members] [--budget N] [--lever NAME]...
                    [--sessions-most N] [--fatigue-most X] [--cvar SHARE] [--force]
                                                                 the best path of the levers

Every command takes --json (one JSON object on standard output), and all but model --data DIR (default ./data).
Exit code: 0 done, 1 refused or failed, 2 wrong usage.
`;
