import { forecast as en } from '../i18n/en/forecast.ts';
import { addWords } from '../i18n/words.ts';
import { forecast as zhCN } from '../i18n/zh-CN/forecast.ts';

// The words of the lab come with the lab, so that other pages load without them.
addWords(zhCN, en);
