"""What the participation page counts of each submitted version, filled by a task of every minute."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('debriefs', '0001_initial'),
        ('trends', '0002_plain_storage'),
    ]

    operations = [
        migrations.CreateModel(
            name='VersionQuality',
            fields=[
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='debriefs.debriefversion')),
                ('texts', models.PositiveSmallIntegerField(help_text='Answers with text, private ones apart.')),
                ('one_word_texts', models.PositiveSmallIntegerField()),
                ('ratings', models.PositiveSmallIntegerField()),
                ('longest_run', models.PositiveSmallIntegerField(help_text='Equal ratings in a row, at most.')),
                ('cites_other', models.BooleanField()),
                ('cites_dont_know', models.BooleanField()),
                ('cites_price', models.BooleanField()),
                ('price_untested', models.BooleanField()),
            ],
            options={
                'verbose_name_plural': 'version qualities',
            },
        ),
    ]
