import { describe, expect, it } from 'vitest';
import { aux, codes, dimension, elements, flow, series, start } from './model.fixture.ts';

/** A file as Stella Professional saves it, with arrays by names and by size, Stella's own marks and its drawings. */
const current = `<?xml version="1.0" encoding="utf-8"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0" xmlns:isee="http://iseesystems.com/XMILE">
	<header>
		<smile version="1.0" namespace="std, isee" uses_arrays="2" uses_outputs=""/>
		<name>stores</name>
		<uuid>2b5f3c9d-0000-4444-8888-123456789012</uuid>
		<vendor>isee systems, inc.</vendor>
		<product version="1.9.4" isee:build_number="2046" isee:saved_by_v1="true" lang="en">Stella Professional</product>
	</header>
	<sim_specs isee:sim_duration="1.5" isee:simulation_delay="0.00625" isee:restore_on_start="false" method="Euler" time_units="Months" isee:instantaneous_flows="false">
		<start>1</start>
		<stop>2</stop>
		<dt reciprocal="true">2</dt>
	</sim_specs>
	<isee:prefs show_module_prefix="true" live_update_on_drag="true" layer="model" saved_runs="5" keep="false" rifp="true"/>
	<isee:simulate_action>resume</isee:simulate_action>
	<model_units><unit name="Widget"><eqn>1</eqn></unit></model_units>
	<dimensions>
		<dim name="Sales Location"><elem name="New York"/><elem name="L A"/></dim>
		<dim name="Age" size="3"/>
	</dimensions>
	<model>
		<variables>
			<stock name="Stored\\ngoods">
				<doc>What is there</doc>
				<dimensions><dim name="Sales Location"/><dim name="Age"/></dimensions>
				<element subscript="New_York, 1"><eqn>100</eqn></element>
				<element subscript="New_York, 2"><eqn>200</eqn></element>
				<element subscript="New_York, 3"><eqn>300</eqn></element>
				<element subscript="L_A, 1"><eqn>10</eqn></element>
				<element subscript="L_A, 2"><eqn>20</eqn></element>
				<element subscript="L_A, 3"><eqn>30</eqn></element>
				<inflow>ageing</inflow>
				<outflow>selling</outflow>
				<non_negative/>
				<units>Widget</units>
			</stock>
			<flow name="ageing">
				<dimensions><dim name="Sales Location"/><dim name="Age"/></dimensions>
				<eqn>IF Age = 1 THEN 6 ELSE Stored_goods[Sales_Location, Age-1]/10</eqn>
				<non_negative/>
				<units>Widget/Month</units>
			</flow>
			<flow name="selling">
				<dimensions><dim name="Sales Location"/><dim name="Age"/></dimensions>
				<eqn>Stored_goods/5 {everywhere}</eqn>
				<non_negative/>
			</flow>
			<aux name="by place">
				<dimensions><dim name="Sales Location"/></dimensions>
				<eqn>SUM(Stored_goods[Sales_Location, *])</eqn>
				<isee:summing/>
			</aux>
			<aux name="smoothed">
				<isee:delay_aux/>
				<eqn>SMTH1(by_place[New_York], 2)</eqn>
				<scale min="0" max="1000"/>
				<format precision="0.01" delimit_000s="true"/>
			</aux>
			<aux name="mixed"><eqn>"by place"["L A"] + by_place[Sales_Location.L_A] + by_place[2]</eqn></aux>
			<aux name="curve">
				<dimensions><dim name="Age"/></dimensions>
				<eqn>TIME*Age</eqn>
				<gf><xscale min="0" max="4"/><yscale min="0" max="8"/><ypts>0,2,4,6,8</ypts></gf>
			</aux>
		</variables>
		<views>
			<style color="black" background="white"/>
			<view isee:show_pages="false" background="white" page_width="768" page_height="596" isee:page_cols="2" zoom="200" type="stock_flow">
				<stock x="100" y="100" name="Stored\\ngoods"/>
				<flow x="50" y="100" name="ageing"><pts><pt x="0" y="100"/><pt x="100" y="100"/></pts></flow>
				<connector uid="1" angle="12"><from>Stored_goods</from><to>selling</to></connector>
				<alias x="1" y="2" uid="4"><of>smoothed</of></alias>
			</view>
			<view isee:show_pages="false" isee:page_name="Page 1" type="interface" isee:x="1"><isee:dataview name="d"/></view>
		</views>
	</model>
	<isee:loop_scores/>
</xmile>`;

/** A file of STELLA 10, before the standard. */
const early = `<?xml version="1.0" encoding="utf-8" ?>
<xmile version="1.0" level="3" xmlns="http://www.systemdynamics.org/XMILE" xmlns:isee="http://iseesystems.com/XMILE">
	<header>
		<smile version="1.0" namespace="std, isee" />
		<name>early</name>
		<vendor>isee systems, inc.</vendor>
		<product version="10.0.3" isee:build_number="500" lang="en">STELLA</product>
	</header>
	<sim_specs method="Euler" time_units="Months"><start>0</start><stop>2</stop><dt reciprocal="true">2</dt><run by="all" /></sim_specs>
	<equation_prefs order_by="execution" />
	<default_format />
	<dimensions><dim name="Dim_Name_1" size="2"/><dim name="Who"><elem name="a"/><elem name="b"/></dim></dimensions>
	<model>
		<stock name="S"><dimensions><dim name="Dim_Name_1"/></dimensions><eqn>10*Dim_Name_1</eqn><inflow>f</inflow><non_negative/></stock>
		<flow name="f"><dimensions><dim name="Dim_Name_1"/></dimensions><eqn>S*rate[a]</eqn><non_negative/></flow>
		<aux name="rate"><dimensions><dim name="Who"/></dimensions><element subscript="a"><eqn>0.5</eqn></element><element subscript="b"><eqn>0.25</eqn></element></aux>
		<aux name="average"><eqn>ARRAYMEAN(S[*]) + ARRAYSUM(S[*])</eqn></aux>
		<aux name="steps"><eqn>TIME</eqn><gf discrete="true"><xscale min="0" max="2"/><ypts>1,2,3</ypts></gf></aux>
		<display><view/></display>
		<statics/>
		<view/>
	</model>
</xmile>`;

describe('files of Stella', () => {
  it('of today', () => {
    const all = series(current);
    const step = (values: number[]) =>
      values.map((value, age) => value + ((age === 0 ? 6 : values[age - 1]! / 10) - value / 5) / 2);
    let newYork = [100, 200, 300];
    let la = [10, 20, 30];
    let smoothed = 600;
    for (let point = 0; point < 3; point++) {
      [1, 2, 3].forEach((age, at) => {
        expect(all[`Stored goods[New York, ${age}]`]![point]).toBeCloseTo(newYork[at]!, 10);
        expect(all[`Stored goods[L A, ${age}]`]![point]).toBeCloseTo(la[at]!, 10);
      });
      const [inNewYork, inLa] = [newYork, la].map((values) => values.reduce((sum, value) => sum + value, 0));
      expect(all['by place[New York]']![point]).toBeCloseTo(inNewYork!, 10);
      expect(all.mixed![point]).toBeCloseTo(3 * inLa!, 10);
      expect(all.smoothed![point]).toBeCloseTo(smoothed, 10);
      smoothed += (inNewYork! - smoothed) / 4;
      newYork = step(newYork);
      la = step(la);
    }
    expect(all['curve[1]']).toEqual([2, 3, 4]);
    expect(all['curve[3]']).toEqual([6, 8, 8]);
    expect(codes(current)).toEqual([]);
  });

  it('before the standard', () => {
    const all = series(early);
    expect(all['S[1]']).toEqual([10, 12.5, 15.625, 19.53125, 24.4140625]);
    expect(all['S[2]']!.at(-1)).toBe(48.828125);
    expect(all.average![0]).toBe(45);
    expect(all.steps).toEqual([1, 1, 2, 2, 3]);
    expect(codes(early)).toEqual([]);
  });
});

describe('files with the habits of Vensim', () => {
  const dimensions =
    dimension('One Dimensional', 'Entry 1', 'Entry 2') +
    dimension('Second Dimension', 'Column 1', 'Column 2', 'Column 3');
  const rate = elements('aux', 'Rate A[One Dimensional, Second Dimension]', {
    'Entry 1,Column 1': 0.5,
    'Entry 1,Column 2': 1,
    'Entry 1,Column 3': 1.5,
    'Entry 2,Column 1': 2,
    'Entry 2,Column 2': 2.5,
    'Entry 2,Column 3': 3,
  });

  it('write all subscripts, blanks in names, and the time grid as variables', () => {
    const both = '<dimensions><dim name="One Dimensional"/><dim name="Second Dimension"/></dimensions>';
    const variables =
      rate +
      `<stock name="Stock A"><doc> </doc>${both}<eqn>Initial_Values[One_Dimensional,Second_Dimension]</eqn><inflow>Rate_A</inflow><units/></stock>` +
      aux('Initial Values[One Dimensional, Second Dimension]', '1 + Rate_A[One_Dimensional,Second_Dimension]') +
      aux('Total', 'SUM(Stock_A[Entry_2,*]) + Stock_A["Entry 1","Column 3"]') +
      aux('First', 'Stock_A[One_Dimensional.Entry_1, Column_1]') +
      aux('INITIAL TIME', '0') +
      aux('FINAL TIME', '2') +
      aux('TIME STEP', '1') +
      aux('SAVEPER', 'TIME_STEP');
    const all = series({ dimensions, variables });
    expect(all['Stock A[Entry 1, Column 1]']).toEqual([1.5, 2, 2.5]);
    expect(all['Stock A[Entry 2, Column 3]']).toEqual([4, 7, 10]);
    expect(all.Total).toEqual([13, 22, 31]);
    expect(all.First).toEqual([1.5, 2, 2.5]);
  });

  it('write lists of constants and of equations', () => {
    const over = (...names: string[]) =>
      `<dimensions>${names.map((name) => `<dim name="${name}"/>`).join('')}</dimensions>`;
    const variables =
      `<aux name="k">${over('One Dimensional', 'Second Dimension')}<eqn>1,2,3;4,5,6;</eqn></aux>` +
      `<aux name="w">${over('One Dimensional')}<eqn>TIME</eqn><eqn>2*TIME</eqn></aux>`;
    const all = series({ dimensions, variables });
    expect(all['k[Entry 2, Column 1]']).toEqual([4, 4, 4]);
    expect(all['k[Entry 1, Column 3]']).toEqual([3, 3, 3]);
    expect(all['w[Entry 2]']).toEqual([0, 2, 4]);
  });

  it('write lists for the places in some of the dimensions, whichever those are', () => {
    const dims = dimension('A', 'a1', 'a2', 'a3') + dimension('B', 'b1', 'b2') + dimension('C', 'c1', 'c2', 'c3', 'c4');
    const listed = (names: string, ...lists: string[]) => {
      const over = names.split('').map((name) => `<dim name="${name}"/>`);
      const variables = `<aux name="x"><dimensions>${over.join('')}</dimensions>${lists.map((one) => `<eqn>${one}</eqn>`).join('')}</aux>`;
      return { dimensions: dims, variables };
    };
    expect(start(listed('AB', '1,2', '3,4', '5,6'), 'x')['[a3, b1]']).toBe(5);
    expect(start(listed('AB', '1,2,3', '4,5,6'), 'x')['[a3, b1]']).toBe(3);
    expect(start(listed('BC', '1,2,3,4;5,6,7,8;'), 'x')['[b2, c1]']).toBe(5);
    const deep = ['11,12,13,14;21,22,23,24;', '31,32,33,34;41,42,43,44;', '51,52,53,54;61,62,63,64'];
    expect(start(listed('ABC', ...deep), 'x')['[a3, b2, c4]']).toBe(64);
    const flat = ['1,2;3,4;5,6', '7,8;9,10;11,12', '13,14;15,16;17,18', '19,20;21,22;23,24'];
    expect(start(listed('ABC', ...flat), 'x')['[a2, b1, c3]']).toBe(15);
    // Rows of another length, a square that could be read in two ways, and equations of parts of a dimension.
    expect(codes(listed('AB', '1,2,3;4,5,6'))).toEqual(['equation.character']);
    expect(codes(listed('AA', '1,2,3', '4,5,6', '7,8,9'))).toContain('file.repeated');
    expect(codes(listed('AB', 'TIME', 'TIME * 2'))).toContain('file.repeated');
  });

  it('write levels as INTEG, and sums with a mark', () => {
    const variables =
      rate +
      aux('Level[One Dimensional]', 'INTEG(SUM(Rate_A[One_Dimensional,Second_Dimension!]), Level_0[One_Dimensional])') +
      aux('Level 0[One Dimensional]', 'One_Dimensional * 10') +
      aux('Largest', 'VMAX(Rate_A[One_Dimensional!,Second_Dimension!])') +
      aux('Elements', 'ELMCOUNT(Second_Dimension)');
    const all = series({ dimensions, variables });
    expect(all['Level[Entry 1]']).toEqual([10, 13, 16]);
    expect(all['Level[Entry 2]']).toEqual([20, 27.5, 35]);
    expect([all.Largest![0], all.Elements![0]]).toEqual([3, 3]);
  });

  it('write graphical functions as variables with the equation 0', () => {
    const table =
      '<aux name="tab"><dimensions><dim name="One Dimensional"/></dimensions>' +
      '<element subscript="Entry 1"><eqn>0</eqn><gf><xscale min="0" max="2"/><ypts>0,1,2</ypts></gf></element>' +
      '<element subscript="Entry 2"><eqn>0</eqn><gf><xpts>0,1,2</xpts><ypts>0,10,40</ypts></gf></element></aux>';
    const variables = table + aux('x[One Dimensional]', 'tab[One_Dimensional](TIME)') + aux('y', 'tab[Entry_2](1.5)');
    const all = series({ dimensions, variables });
    expect(all['x[Entry 1]']).toEqual([0, 1, 2]);
    expect(all['x[Entry 2]']).toEqual([0, 10, 40]);
    expect(all.y![0]).toBe(25);
  });
});

describe('stocks and flows of arrays', () => {
  const dimensions = dimension('DimA', 'A1', 'A2') + dimension('DimB', 'B1', 'B2');

  it('go element by element, each with the equation it has', () => {
    const variables =
      '<stock name="s"><dimensions><dim name="DimA"/></dimensions><element subscript="A1"><eqn>7</eqn></element>' +
      '<element subscript="A2"><eqn>8</eqn></element><inflow>f</inflow><outflow>g</outflow></stock>' +
      elements('flow', 'f[DimA]', { A1: 1, A2: 's[A1]' }) +
      flow('g[DimA]', 'DimA') +
      aux('t', 'SUM(s)');
    const all = series({ dimensions, variables });
    expect(all['s[A1]']).toEqual([7, 7, 7]);
    expect(all['s[A2]']).toEqual([8, 13, 18]);
    expect(all.t).toEqual([15, 20, 25]);
  });

  it('hold back the outflows of each element that would fall below 0', () => {
    const variables =
      '<stock name="s"><dimensions><dim name="DimB"/></dimensions><eqn>3</eqn><inflow>f</inflow><outflow>g</outflow><non_negative/></stock>' +
      flow('f[DimB]', 'DimB - 1') +
      flow('g[DimB]', '2 * DimB', '<non_negative/>');
    const all = series({ dimensions, variables });
    expect([all['s[B1]'], all['g[B1]']]).toEqual([
      [3, 1, 0],
      [2, 1, 0],
    ]);
    expect([all['s[B2]'], all['g[B2]']]).toEqual([
      [3, 0, 0],
      [4, 1, 1],
    ]);
  });

  it('spread a flow of fewer dimensions, and refuse one of more', () => {
    const stock = (name: string) =>
      `<stock name="s"><dimensions>${name}</dimensions><eqn>1</eqn><inflow>f</inflow></stock>`;
    const wide = stock('<dim name="DimA"/><dim name="DimB"/>') + flow('f[DimB]', 'DimB');
    expect(series({ dimensions, variables: wide })['s[A2, B2]']).toEqual([1, 3, 5]);
    const narrow = stock('<dim name="DimA"/>') + flow('f[DimA, DimB]', '1');
    expect(codes({ dimensions, variables: narrow })).toEqual(['array.needs_one', 'array.needs_one']);
  });

  it('have delays with times and initial values of their own', () => {
    const variables =
      elements('aux', 'tau[DimA]', { A1: 2, A2: 4 }) +
      aux('in[DimA]', 'DimA * STEP(10, 1)') +
      aux('d[DimA]', 'DELAY1(in, tau)') +
      aux('p[DimA]', 'DELAY(in, tau, DimA)') +
      aux('s[DimA, DimB]', 'SMTH1(in[DimA] * DimB, tau[DimA], 4)') +
      aux('q[DimA]', 'PREVIOUS(SELF, 0) + DimA') +
      aux('i[DimA]', 'INIT(in + TIME + DimA)');
    const all = series({ dimensions, variables, specs: '<start>0</start><stop>4</stop><dt>1</dt>' });
    expect(all['d[A1]']).toEqual([0, 0, 5, 7.5, 8.75]);
    expect(all['d[A2]']).toEqual([0, 0, 5, 8.75, 11.5625]);
    expect(all['p[A1]']).toEqual([1, 1, 0, 10, 10]);
    expect(all['p[A2]']).toEqual([2, 2, 2, 2, 0]);
    expect(all['s[A1, B2]']).toEqual([4, 2, 11, 15.5, 17.75]);
    expect(all['q[A2]']).toEqual([2, 4, 6, 8, 10]);
    expect(start({ dimensions, variables }, 'i')).toEqual({ '[A1]': 1, '[A2]': 2 });
  });
});
