/** A valid plan of at least `lines` lines: models, clusters, workloads and deployments as people write them. */
export function largePlan(lines: number): string {
  const parts: string[] = [];
  let count = 0;
  for (let index = 0; count < lines; index++) {
    const part = `// Plan ${index}: the same model with other sizes.
model model-${index} {
  layers = ${2 + (index % 3) * 2}, hidden = 2048
  weights = bf16
  attention { heads = 16, head-size = 128 }
  experts { count = 16, top-k = 2, ffn = ${1024 * (1 + (index % 7))} }
}

cluster pair-${index} {
  node  = DGX-H100
  count = 2
}

workload batch-${index} {
  sequences = ${16 * (1 + (index % 5))}
  length    = 1_000 tokens
}

deployment plan-${index} {
  model = model-${index}, cluster = pair-${index}, workload = batch-${index}
  parallel { tp = 4, pp = 2, ep = 8 }
  stage front { gpus = 0..7 }
  stage back  { gpus = 8..15 }
  front -> back
  expect {
    layers-per-gpu  = ${1 + (index % 3)}
    memory-per-gpu <= 80 GiB
  }
}

`;
    parts.push(part);
    count += part.split('\n').length - 1;
  }
  return parts.join('');
}
