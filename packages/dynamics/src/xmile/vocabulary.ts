/**
 * The names that may stand in one kind of element. `read` ones are understood; `kept` ones say nothing about values and
 * are written again as they were. Any other name of XMILE's own is an error, as it could change values.
 */
export interface Vocabulary {
  attributes: { read: ReadonlySet<string>; kept: ReadonlySet<string> };
  elements: { read: ReadonlySet<string>; kept: ReadonlySet<string> };
  /** Whether another tool's names that are not known here are worth a warning. */
  watched: boolean;
}

/** Looks (XMILE 1.0): place, colours, fonts, labels. */
const looks = words(`
  x y z_index width height uid color background fill font_family font_style font_weight font_size font_color
  text_decoration text_align vertical_text_align text_padding padding text_border_color text_border_width
  text_border_style text_background border_color border_width border_style label label_side label_angle angle visible
  hidden locked zoom scroll_x scroll_y page_width page_height page_cols page_rows page_sequence page_orientation
  show_pages home_page home_view style short_name`);

/** Drawings, and what only a screen shows. */
const drawings = words(`
  view views display interface diagram style styles size shape image pts label format scale delta color font`);

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

interface Listing {
  attributes?: string;
  keptAttributes?: string;
  elements?: string;
  keptElements?: string;
  watched?: boolean;
}

function vocabulary({
  attributes = '',
  keptAttributes = '',
  elements = '',
  keptElements = '',
  watched = true,
}: Listing): Vocabulary {
  return {
    watched,
    attributes: { read: new Set(words(attributes)), kept: new Set([...looks, ...words(keptAttributes)]) },
    elements: { read: new Set(words(elements)), kept: new Set([...drawings, ...words(keptElements)]) },
  };
}

/**
 * `level` is of files before 1.0; preferences and default formats are about screens. What tools add to the file as a
 * whole (preferences, sharing, saved experiments) leaves its models as they are.
 */
export const fileWords = vocabulary({
  attributes: 'version',
  keptAttributes: 'level',
  elements: 'header sim_specs model_units dimensions behavior model macro data',
  keptElements: 'prefs equation_prefs default_format default_diagram_format default_diagram default_style',
  watched: false,
});

export const timeWords = vocabulary({
  attributes: 'method time_units pause savestep save_step save_interval',
  elements: 'start stop dt savestep save_step save_interval pause method time_units run',
  keptElements: 'simulation_delay sim_delay',
});

export const behaviorWords = vocabulary({ elements: 'non_negative all stock flow' });

export const behaviorPartWords = vocabulary({ elements: 'non_negative' });

export const unitWords = vocabulary({ attributes: 'name disabled', elements: 'eqn alias', keptElements: 'doc' });

/** A mapping is understood, and written again as it was. */
export const dimensionWords = vocabulary({
  attributes: 'name size',
  elements: 'elem',
  keptElements: 'doc maps_to mapping',
});

/** Names of the variables' elements, which files before 1.0 put into the model itself. */
export const variableElements = words('stock flow aux gf module group');

/** Objects of drawings (XMILE 1.0), which files before 1.0 may put into the model itself. */
const objects = `
  story statics connector ghost alias sector frame text_box stacked_container graph table plot button slider knob switch
  numeric_display lamp gauge list_input annotation graphics_frame simulation_delay sim_delay`;

/** `run` matters only to a partial run, which is refused where it is asked for. */
export const modelWords = vocabulary({
  attributes: 'name resource',
  keptAttributes: 'run access',
  elements: `variables sim_specs behavior ${variableElements.join(' ')}`,
  keptElements: `doc ${objects}`,
});

export const variablesWords = vocabulary({ elements: variableElements.join(' ') });

export const moduleWords = vocabulary({
  attributes: 'name resource',
  keptAttributes: 'run access',
  elements: 'connect connect2',
  keptElements: 'doc units',
});

const variable = {
  attributes: 'name access non_negative',
  keptAttributes: 'autoexport flow_concept',
  elements: 'eqn init_eqn units doc dimensions element non_negative range gf',
  keptElements: 'event_poster mathml',
};

/** `delay_aux` marks the drawing of a converter whose equation has a delay; the equation says it all. */
export const auxWords = vocabulary({ ...variable, keptElements: `${variable.keptElements} delay_aux summing` });

/** Details of special stocks are kept whole: such a stock is refused where it is used, not where it is read. */
export const stockWords = vocabulary({
  ...variable,
  elements: `${variable.elements} inflow outflow`,
  keptElements: `${variable.keptElements} conveyor queue oven`,
});

export const flowWords = vocabulary({
  ...variable,
  keptAttributes: `${variable.keptAttributes} leak_start leak_end`,
  keptElements: `${variable.keptElements} leak leak_integers overflow`,
});

const graphical = { attributes: 'name type discrete', elements: 'xscale xpts ypts', keptElements: 'yscale' };

export const graphicalWords = vocabulary(graphical);

export const namedGraphicalWords = vocabulary({
  attributes: `access ${graphical.attributes}`,
  keptAttributes: 'autoexport',
  elements: `units doc dimensions element range eqn ${graphical.elements}`,
  keptElements: `event_poster ${graphical.keptElements}`,
});

export const elementWords = vocabulary({
  attributes: 'subscript',
  elements: 'eqn init_eqn gf non_negative',
  keptElements: 'mathml event_poster doc units conveyor queue oven leak leak_integers overflow',
});

export const macroWords = vocabulary({
  attributes: 'name namespace',
  elements: 'eqn parm variables sim_specs doc',
  keptElements: 'group mathml',
});

/** Names that another tool may use as its own without a bearing on values. */
export const harmlessNames: ReadonlySet<string> = new Set(words('name doc units range access label'));

/**
 * Marks of Stella's that say nothing about values: looks and helps of its editor; attributes of material that only its
 * conveyors, queues and ovens use (`spreadflow`, `cycletime`), which are refused themselves; ways to run and to show a
 * run. `delay_aux` and `summing` draw a converter in another way, and its equation stands beside them.
 */
export const harmlessMarks: ReadonlySet<string> = new Set(
  words(`
  delay_aux summing dependencies spreadflow cycletime cycle_time ignore_earlier_zone_losses loop_indicator
  color label tag comment hidden display layer z_index size_to_parent font label_side show_module_prefix
  sim_duration simulation_delay restore_on_start instantaneous_flows ignore_module_errors strict_units loop_scores
  loop_exhaustive_allowed run_prefix corner_radius page fill_color line_color fold width height uid`),
);
