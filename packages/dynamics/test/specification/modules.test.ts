import { describe, expect, it } from 'vitest';
import { aux, codes, dimension, flow, model, module, series, stock } from './model.fixture.ts';

const input = (name: string) => `<aux name="${name}" access="input"/>`;

describe('modules', () => {
  it('give and take, as the example of XMILE 1.0 §4.7.1 writes it', () => {
    const variables =
      '<module name="Sub_Model"><connect to="Input" from=".Root_Model_Output"/>' +
      '<connect to=".Root_Model_Input" from="Sub_Model.Output"/></module>' +
      '<aux name="Root_Model_Output" access="output"><eqn>TIME</eqn></aux>' +
      '<aux name="Root_Model_Input" access="input"/>' +
      aux('after', 'Root_Model_Input + 1');
    const more = model('Sub_Model', `${input('Input')}<aux name="Output" access="output"><eqn>Input * 2</eqn></aux>`);
    const all = series({ variables, more });
    expect(all.Root_Model_Input).toEqual([0, 2, 4]);
    expect(all['Sub_Model.Input']).toEqual([0, 1, 2]);
    expect(all.after).toEqual([1, 3, 5]);
  });

  it('feed each other, as Stella writes it', () => {
    const variables =
      module('Prey', { 'Prey.area': '.area', 'Prey.hunters': 'Hunters.Number' }) +
      module('Hunters', { 'Hunters.prey': 'Prey.Number' }) +
      aux('area', '1000') +
      aux('density', 'Prey.Number / area');
    const more =
      model(
        'Prey',
        stock('Number', '100', ['births'], ['deaths']) +
          flow('births', 'Number * 0.1') +
          flow('deaths', 'Number * hunters / area') +
          '<aux name="area" access="input"><eqn>5</eqn></aux>' +
          input('hunters'),
      ) +
      model(
        'Hunters',
        stock('Number', '10', ['births'], ['deaths']) +
          flow('births', 'Number * prey * 0.001') +
          flow('deaths', 'Number * 0.1') +
          input('prey'),
      );
    const all = series({ variables, more });
    let [prey, hunters] = [100, 10];
    for (let step = 0; step < 3; step++) {
      expect(all['Prey.Number']![step]).toBeCloseTo(prey, 12);
      expect(all['Hunters.Number']![step]).toBeCloseTo(hunters, 12);
      expect(all.density![step]).toBeCloseTo(prey / 1000, 12);
      [prey, hunters] = [prey + prey * 0.1 - (prey * hunters) / 1000, hunters + hunters * prey * 0.001 - hunters * 0.1];
    }
  });

  it.each([['Outer.Inner.x'], ['Inner.x']])('are connected at their lowest common holder: %s', (to) => {
    const variables =
      module('Outer', { [to]: 'supply' }) + aux('supply', 'TIME * 3') + aux('r', 'Outer.Inner.y + Outer.z');
    const more =
      model('Outer', module('Inner') + aux('z', 'Inner.y + 1')) + model('Inner', input('x') + aux('y', 'x^2'));
    const all = series({ variables, more });
    expect(all['Outer.Inner.x']).toEqual([0, 3, 6]);
    expect(all.r).toEqual([1, 19, 73]);
  });

  it('use the equation of an input that is not connected, and no longer that of one that is', () => {
    const inner = '<aux name="x" access="input"><eqn>3</eqn></aux>';
    const more = model('M', inner + aux('y', 'x + 1')) + model('N', inner + aux('y', 'x + 1'));
    const all = series({ variables: aux('supply', '7') + module('M', { 'M.x': 'supply' }) + module('N'), more });
    expect([all['M.y']![0], all['N.y']![0]]).toEqual([8, 4]);
  });

  it('share the dimensions of the file and pass arrays', () => {
    const variables =
      module('M', { 'M.x': 'supply' }) +
      aux('supply[D]', 'D * 7') +
      aux('total', 'SUM(M.y)') +
      aux('z[D]', 'M.y[D] + M.y') +
      aux('w', 'M.y[b]');
    const more = model(
      'M',
      '<aux name="x" access="input"><dimensions><dim name="D"/></dimensions></aux>' +
        aux('y[D]', 'x + 1') +
        aux('v', 'x[b]'),
    );
    const all = series({ dimensions: dimension('D', 'a', 'b'), variables, more });
    const first = (name: string) => all[name]![0];
    expect([first('total'), first('z[a]'), first('z[b]'), first('w'), first('M.v')]).toEqual([23, 16, 30, 15, 14]);
  });

  it('have flows that fill stocks outside, and take stocks in', () => {
    const variables =
      stock('S', '10', ['M.f'], ['drain']) + flow('drain', 'M.rate * S') + module('M', { 'M.level': 'S' });
    const more = model(
      'M',
      `<stock name="level" access="input"><eqn>0</eqn></stock>${flow('f', '3')}${aux('rate', 'level / 100')}`,
    );
    const all = series({ variables, more });
    expect(all.S![1]).toBeCloseTo(12, 12);
    expect(all.S![2]).toBeCloseTo(12 + 3 - 1.44, 12);
    expect(all['M.level']).toEqual(all.S);
  });

  it('have names with blanks and line breaks', () => {
    const variables =
      '<module name="My\\nSub"><connect to="My\\nSub.in put" from="root\\nvalue"/></module>' +
      aux('root value', '4') +
      aux('x', 'My_Sub.out + "My Sub"."in put"');
    const all = series({ variables, more: model('My Sub', input('in put') + aux('out', 'in_put * 2')) });
    expect(all.x![0]).toBe(12);
  });

  it('see what other modules give by its path', () => {
    const more =
      model('A', '<aux name="abc" access="output"><eqn>5</eqn></aux>') +
      model('B', aux('x', 'A.abc * 2') + aux('y', '.A.abc * 3'));
    const all = series({ variables: module('A') + module('B'), more });
    expect([all['B.x']![0], all['B.y']![0]]).toEqual([10, 15]);
  });

  it('may repeat the time of the file, and have no other', () => {
    const file = (stop: number) => ({
      variables: module('A'),
      more: `<model name="A"><sim_specs><start>0</start><stop>${stop}</stop><dt>1</dt></sim_specs><variables>${aux('q', 'TIME')}</variables></model>`,
    });
    expect(series(file(2))['A.q']).toEqual([0, 1, 2]);
    expect(codes(file(3))).toEqual(['module.own_time']);
  });
});
