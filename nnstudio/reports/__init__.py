"""What the command line prints: of a project that was checked, of trainings, and of those that were recorded."""

from nnstudio.reports.checked import CheckReport as CheckReport
from nnstudio.reports.checked import check as check
from nnstudio.reports.lines import json_line as json_line
from nnstudio.reports.training import TrainingReport as TrainingReport
from nnstudio.reports.voices import JsonLines as JsonLines
from nnstudio.reports.voices import Voice as Voice
