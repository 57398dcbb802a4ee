import { BarChart, LineChart } from 'echarts/charts';
import {
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components';
import { type EChartsCoreOption, type EChartsType, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { colors } from '../theme.ts';

use([
  BarChart,
  LineChart,
  GridComponent,
  TooltipComponent,
  LegendComponent,
  MarkLineComponent,
  DataZoomComponent,
  CanvasRenderer,
]);

export interface ChartHandle {
  /** The picture as a PNG data address. */
  png: () => string | undefined;
}

interface ChartProps {
  option: EChartsCoreOption;
  label: string;
  height?: number;
  onPoint?: (seriesName: string, index: number) => void;
  ref?: Ref<ChartHandle>;
}

/** An ECharts drawing that follows its box. Its numbers must also stand in a table near by. */
export function Chart({ option, label, height = 320, onPoint, ref }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(null);
  const clicked = useRef(onPoint);
  clicked.current = onPoint;
  useEffect(() => {
    if (!box.current) return;
    const made = init(box.current);
    chart.current = made;
    made.on('click', (event) => {
      if (event.componentType === 'series') clicked.current?.(event.seriesName ?? '', event.dataIndex);
    });
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(option, { notMerge: true });
  }, [option]);
  useImperativeHandle(ref, () => ({
    png: () => chart.current?.getDataURL({ pixelRatio: 2, backgroundColor: colors.surface }),
  }));
  return <div ref={box} role="img" aria-label={label} style={{ height, width: '100%' }} />;
}
