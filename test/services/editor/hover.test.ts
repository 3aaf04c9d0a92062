import { describe, expect, test } from 'vitest';
import { hover } from '../../../server/src/services/hover/hover.ts';
import { analysisAt, analysisOf, CATALOG, EXAMPLES, SMALL_PLAN } from './support.ts';

function at(marked: string, others: Readonly<Record<string, string>> = {}): string {
  const { analysis, offset } = analysisAt(marked, others);
  return hover(analysis, offset)?.markdown ?? 'nothing';
}

describe('every word, number, unit and path of a sound file says something', () => {
  const sound = [...EXAMPLES, ...CATALOG].filter(([name]) => name !== 'broken.moeplan');
  test.each(sound)('%s', (_, text) => {
    const analysis = analysisOf(text);
    const silent = analysis.source.tokens.filter(
      ({ kind, start }) =>
        ['word', 'number', 'unit', 'string', '->'].includes(kind) && hover(analysis, start) === undefined,
    );
    expect(silent.map(({ start, end }) => `${start}: ${text.slice(start, end)}`)).toEqual([]);
  });
});

const deployment = (body: string) =>
  `${SMALL_PLAN}deployment d {\n  model = small, cluster = two-nodes, workload = batch\n  ${body}\n}\n`;

describe('statements', () => {
  test('an import says what it brings', () => {
    const others = { 'm.moeplan': 'model a { }\nlet depth = 3\n' };
    expect(at('im$0port "./m.moeplan"', others)).toContain('Brings model `a`, let `depth`.');
    expect(at('import "./$0m.moeplan"', others)).toContain('Brings model `a`');
    expect(at('import "./$0none.moeplan"')).toContain('No such file.');
  });

  test('a constant says its value, and a number in it what it is', () => {
    expect(at('let size$0 = 2 * 40 GiB')).toContain('= 85,899,345,920 bytes');
    expect(at('let size = 2 * 4$00 GiB')).toContain('**40 GiB** = 42.9 GB');
  });

  test('experts placed by hand say where, how many and how heavy', () => {
    const text = at(deployment('parallel { ep = 16 }\n  expert 0..3 o$0n gpu 5'));
    expect(text).toContain('Experts 0..3 of each layer on GPU 5: 4 on each GPU.');
    expect(text).toContain('2 GiB per GPU and layer.');
  });

  test('a line of layers counts them', () => {
    expect(at('model m { layers = 8, hidden = 8\n  layers { 0..6 by$0 2 = dense }\n}')).toContain(
      '4 layers (0, 2, 4, 6): `dense`.',
    );
  });

  test('extends names what is stated here', () => {
    expect(at('gpu mine ext$0ends H100-SXM { memory = 96 GiB }')).toContain('Stated here: `memory`.');
  });
});

describe('figures with band and provenance in one line', () => {
  test('a claim that does not hold shows what was computed', () => {
    const text = at(deployment('parallel { ep = 16 }\n  expect { throughp$0ut >= 1_000_000_000 tokens/s }'));
    expect(text).toMatch(/\*\*Computed: [\d,]+ tokens\/s\*\* \([\d,]+ tokens\/s to [\d,]+ tokens\/s\)$/m);
    expect(text).toMatch(/^= `tokens \/ step` with tokens [\d,.a-z ]+, step [\d.]+ m?s; source: definition$/m);
    expect(text).toContain('**The claim `>= 1,000,000,000 tokens/s` does not hold.**');
  });

  test('an exact one that holds', () => {
    const text = at(deployment('parallel { ep = 16 }\n  expect { experts-per-gpu = 4$0 }'));
    expect(text).toContain('**Computed: 4**\n\n= `count`; source: exact');
    expect(text).toContain('The claim `= 4` holds.');
  });

  test('a measurement beside the prediction', () => {
    expect(at(deployment('parallel { ep = 16 }\n  measured { st$0ep = 1 s }'))).toMatch(
      /The prediction is [\d.]+x what was measured\./,
    );
  });

  test('a comparison', () => {
    const text = at(`${deployment('parallel { ep = 16 }')}compare d, d { speed$0up >= 1 }`);
    expect(text).toContain('**Computed: 1x**');
    expect(text).toContain('The claim `>= 1x` holds.');
  });

  test('a deployment begins with what is predicted and whether it fits, and states each formula with its inputs', () => {
    for (const marked of ['deploy$0ment d', 'deployment $0d']) {
      const text = at(deployment('parallel { ep = 16 }').replace('deployment d', marked));
      expect(text).toMatch(/^\| Predicted \| +\|\n/);
      const order = [
        '| Predicted |',
        'The fullest GPU holds',
        '| Per GPU |',
        '- Throughput = `tokens / step` with tokens ',
        '```moeplan',
      ].map((part) => text.indexOf(part));
      expect(order).toEqual(order.toSorted((left, right) => left - right));
      expect(order).not.toContain(-1);
      expect(text).toMatch(
        /^- Latency = `sum t_i \+ \(m - 1\) max t_i over pipeline stages` with stages 1, micro-batches m 1; source: /m,
      );
    }
  });

  test('so does a use of its name', () => {
    const text = at(`${deployment('parallel { ep = 16 }')}compare d$0, d`);
    expect(text).toMatch(/^\| Predicted \| +\|\n/);
  });

  test('a formula of many parts is a short sum, with a line for each part below it', () => {
    const chat = 'workload chat { input = 1000 tokens, output = 100 tokens, concurrency = 16 }\n';
    const plan = deployment('parallel { ep = 16 }').replace('workload = batch', 'workload = chat');
    const whole = at(chat + plan.replace('deployment d', 'deployment $0d'));
    const sum = '`request + prompt + ahead + step + wait` with input 1,000 tokens';
    expect(whole).toContain(`- Time to first token = ${sum}`);
    expect(whole).toMatch(/; source: .+\n {2}- `request`: what the engine adds to every request\n {2}- `prompt`: /);
    const claim = at(chat + plan.replace(/\}\n\}\n$/, '}\n  expect { tt$0ft <= 10 s }\n}\n'));
    expect(claim).toContain(`= ${sum}`);
    expect(claim).toContain('\n  - `wait`: until the cache has room');
  });

  test('one that serves is explained by its requests', () => {
    const chat = 'workload chat { input = 1000 tokens, output = 100 tokens, concurrency = 16 }\n';
    const plan = deployment('parallel { ep = 16 }').replace('workload = batch', 'workload = chat');
    const text = at(chat + plan.replace('deployment d', 'deployment $0d'));
    expect(text).toMatch(
      /^- Throughput = `output x requests in flight \/ latency` with output 100 tokens, requests in flight [\d.]+, latency [\d.]+ m?s; /m,
    );
    expect(text).toMatch(
      /^- Latency = `TTFT \+ \(output - 1\) TPOT` with TTFT [\d.]+ m?s, TPOT [\d.]+ m?s, output 100 tokens; /m,
    );
  });

  test('one that trains says what tools show of its memory, and where its band comes from', () => {
    const train = 'workload train { length = 1024 tokens, global-batch = 64, micro-batch = 1 }\n';
    const plan = deployment('parallel { ep = 16 }\n  engine { name = megatron }')
      .replace('workload = batch', 'workload = train')
      .replace('deployment d', 'deployment $0d');
    const text = at(train + plan);
    expect(text).toMatch(/The fullest GPU holds .+ Tools show [\d.]+ GiB \([\d.]+ GiB to [\d.]+ GiB\)/);
    expect(text).toMatch(/The band comes from: \d+ % what runs of Megatron-LM leave open/);
  });

  test('one that does not fit says so before all that memory holds', () => {
    const text = at(
      deployment('gpus = 0')
        .replace('model = small', 'model = Mixtral-8x22B')
        .replace('deployment d', 'deployment $0d'),
    );
    expect(text).toMatch(/\*\*Does not fit: [\d.]+ of 79\.2 GiB\.\*\*/);
  });
});

test('derived degrees say how they were derived', () => {
  expect(at(deployment('para$0llel { tp = 4 }'))).toMatch(/dp +\| +4 \| 16 GPUs of a stage \/ \(tp 4 x cp 1\)/);
});
