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

Every command takes --data DIR (default ./data) and --json (one JSON object on standard output).
Exit code: 0 done, 1 refused or failed, 2 wrong usage.
`;
